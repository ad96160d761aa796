from odoo import fields, models


class OrionKeyBatch(models.Model):
    """Keys that came together: one import, or one purchase at a supplier."""

    _name = "orion.key.batch"
    _description = "Batch of Digital Keys"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(required=True, readonly=True, default="/")
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    source = fields.Selection(
        [
            ("paste", "Pasted"),
            ("file", "File"),
            ("rpc", "Program"),
            ("supplier", "Bought at a Supplier"),
        ],
        required=True,
        readonly=True,
        default="paste",
    )
    file_name = fields.Char(readonly=True)
    unit_cost = fields.Monetary(
        string="Cost of a Key", readonly=True, currency_field="currency_id", help="Without tax."
    )
    currency_id = fields.Many2one(
        "res.currency", readonly=True, default=lambda self: self.env.company.currency_id
    )
    expires_on = fields.Date(
        readonly=True, help="Last day on which these keys can be activated; empty: no end."
    )
    purchase_id = fields.Many2one(
        "orion.key.purchase", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    user_id = fields.Many2one(
        "res.users", string="Imported By", readonly=True, default=lambda self: self.env.user
    )
    key_ids = fields.One2many("orion.digital.key", "batch_id", readonly=True)
