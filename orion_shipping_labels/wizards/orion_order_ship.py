from odoo import api, fields, models


class OrionOrderShip(models.TransientModel):
    """The carrier is chosen instead of typed."""

    _inherit = "orion.order.ship"

    carrier_id = fields.Many2one(
        "delivery.carrier",
        compute="_compute_carrier_id",
        store=True,
        readonly=False,
        domain="[('orion_code', '!=', False)]",
    )

    @api.depends("order_ids")
    def _compute_carrier_id(self):
        for wizard in self:
            carriers = wizard.order_ids._origin.carrier_id.filtered("orion_code")
            wizard.carrier_id = carriers if len(carriers) == 1 else False

    def action_ship(self):
        if self.carrier_id:
            self.shipping_carrier = self.carrier_id.orion_code
        return super().action_ship()
