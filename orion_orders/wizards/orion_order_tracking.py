from odoo import fields, models


class OrionOrderTracking(models.TransientModel):
    """Asks for a tracking number, then tells the marketplace."""

    _name = "orion.order.tracking"
    _description = "Set Tracking of Marketplace Orders"

    order_ids = fields.Many2many("sale.order", string="Orders", required=True)
    tracking_number = fields.Char(required=True)
    tracking_carrier = fields.Char(
        string="Carrier Code", help="Our code of the carrier, such as greco, dhl or post_lu."
    )

    def action_set_tracking(self):
        """Tell the marketplace the tracking number."""
        self.ensure_one()
        result = self.order_ids.orion_set_tracking(
            tracking_number=self.tracking_number, tracking_carrier=self.tracking_carrier or ""
        )
        return self.order_ids._orion_notify_and_close(result)
