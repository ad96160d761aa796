from odoo import api, fields, models


class OrionCarrierCode(models.Model):
    """What a marketplace calls a carrier: said to it with tracking numbers, understood in what
    it sends."""

    _name = "orion.carrier.code"
    _description = "Carrier's Name on a Marketplace"
    _order = "carrier_id, marketplace, sequence, id"
    _rec_name = "code"

    carrier_id = fields.Many2one("delivery.carrier", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="carrier_id.company_id", store=True, index=True)
    marketplace = fields.Selection(selection="_selection_marketplace", required=True)
    code = fields.Char(
        string="Name There",
        required=True,
        help="In the marketplace's own spelling. Of several the first one is said.",
    )
    sequence = fields.Integer(default=10)

    _code_unique = models.UniqueIndex(
        "(marketplace, lower(code), COALESCE(company_id, 0))",
        "The marketplace calls another carrier so already.",
    )

    @api.model
    def _selection_marketplace(self):
        return self.env["orion.channel"]._fields["marketplace"]._description_selection(self.env)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["code"] = str(vals.get("code") or "").strip()
        codes = super().create(vals_list)
        self.env.registry.clear_cache()
        return codes

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
