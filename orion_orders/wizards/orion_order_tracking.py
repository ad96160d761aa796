from odoo import api, fields, models


class OrionOrderTracking(models.TransientModel):
    """Asks for a tracking number, then tells the marketplace."""

    _name = "orion.order.tracking"
    _description = "Set Tracking of Marketplace Orders"

    order_ids = fields.Many2many("sale.order", string="Orders", required=True)
    tracking_number = fields.Char(
        required=True, compute="_compute_known", store=True, precompute=True, readonly=False
    )
    tracking_carrier = fields.Char(
        string="Carrier Code",
        compute="_compute_known",
        store=True,
        precompute=True,
        readonly=False,
        help="Our code of the carrier, such as greco, dhl or post_lu.",
    )

    @api.depends("order_ids")
    def _compute_known(self):
        """What is known of all the orders alike."""
        for wizard in self:
            wizard.tracking_number = wizard.order_ids._orion_common("orion_tracking_number")
            wizard.tracking_carrier = wizard.order_ids._orion_common("orion_shipping_carrier")

    def action_set_tracking(self):
        """Tell the marketplace the tracking number."""
        self.ensure_one()
        result = self.order_ids.orion_set_tracking(
            tracking_number=self.tracking_number, tracking_carrier=self.tracking_carrier or ""
        )
        return self.order_ids._orion_notify_and_close(result)
