from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    orion_notify_by_email = fields.Boolean(
        string="Marketplace Notifications by E-mail",
        help="New channels send their notifications by e-mail too, not only to the inbox. It can "
        "be changed on each channel.",
    )
