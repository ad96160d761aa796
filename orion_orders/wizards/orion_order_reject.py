from odoo import fields, models


class OrionOrderReject(models.TransientModel):
    """Asks why orders are refused, then tells the marketplace."""

    _name = "orion.order.reject"
    _description = "Refuse Marketplace Orders"

    order_ids = fields.Many2many("sale.order", string="Orders", required=True)
    reason = fields.Char(
        required=True, help="Kept with the order; marketplaces that take a reason are told."
    )

    def action_reject(self):
        """Refuse the orders at the marketplace."""
        self.ensure_one()
        result = self.order_ids.orion_reject(reason=self.reason)
        return self.order_ids._orion_notify_and_close(result)
