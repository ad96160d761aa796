from odoo import fields, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    orion_company_id = fields.Many2one(
        "res.company",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Whose keys it is about: a product may be shared by companies.",
    )
    orion_key_reason = fields.Char(
        readonly=True, help="Of a purchase of keys: the trouble that it tells of, as a code."
    )
