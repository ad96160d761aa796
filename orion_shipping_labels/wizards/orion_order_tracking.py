from odoo import api, fields, models


class OrionOrderTracking(models.TransientModel):
    """The carrier is chosen, or recognised by the number."""

    _inherit = "orion.order.tracking"

    carrier_id = fields.Many2one(
        "delivery.carrier",
        compute="_compute_carrier_id",
        store=True,
        readonly=False,
        domain="[('orion_code', '!=', False)]",
        help="Leave empty to have it recognised by the number, or to give the code of another one.",
    )

    @api.depends("order_ids")
    def _compute_carrier_id(self):
        for wizard in self:
            carriers = wizard.order_ids._origin.carrier_id.filtered("orion_code")
            wizard.carrier_id = carriers if len(carriers) == 1 else False

    def action_set_tracking(self):
        if self.carrier_id:
            self.tracking_carrier = self.carrier_id.orion_code
        return super().action_set_tracking()
