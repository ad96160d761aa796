from odoo import api, fields, models


class OrionKeyOffer(models.Model):
    """A product may be bought at a supplier under its id there."""

    _name = "orion.key.offer"
    _description = "Offer of a Key Supplier"
    _order = "sequence, unit_price, id"
    _rec_name = "external_id"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    product_id = fields.Many2one("product.product", required=True, index=True, ondelete="cascade")
    channel_id = fields.Many2one(
        "orion.channel",
        string="Supplier",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    external_id = fields.Char(
        string="Supplier's Product ID", required=True, help="The product's id at the supplier."
    )
    unit_price = fields.Monetary(
        readonly=True, currency_field="currency_id", help="Of one piece, as last told."
    )
    currency_id = fields.Many2one("res.currency", default=lambda self: self.env.company.currency_id)
    available = fields.Integer(readonly=True, help="Pieces the supplier has, as last told.")
    is_preorder = fields.Boolean(string="Pre-order", readonly=True)
    allow_preorder = fields.Boolean(
        string="Buy Pre-orders", help="Off: what is not published yet is not bought."
    )
    cap = fields.Integer(
        string="At Most",
        default=10,
        help="Most pieces of the supplier's stock that are offered to marketplaces; 0 for none.",
    )
    capped = fields.Integer(compute="_compute_capped", help="What counts as stock.")
    updated_at = fields.Datetime(readonly=True)

    _offer_unique = models.UniqueIndex(
        "(channel_id, product_id, external_id)", "This offer exists already."
    )

    @api.depends("available", "cap")
    def _compute_capped(self):
        for offer in self:
            offer.capped = max(min(offer.available, offer.cap), 0)
