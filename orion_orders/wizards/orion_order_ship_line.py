from odoo import fields, models


class OrionOrderShipLine(models.TransientModel):
    """Goods of one order line that have left."""

    _name = "orion.order.ship.line"
    _description = "Shipped Goods"

    wizard_id = fields.Many2one("orion.order.ship", required=True, ondelete="cascade")
    order_line_id = fields.Many2one(
        "sale.order.line", string="Line", required=True, readonly=True, ondelete="cascade"
    )
    order_id = fields.Many2one(related="order_line_id.order_id")
    product_id = fields.Many2one(related="order_line_id.product_id")
    quantity = fields.Float(digits="Product Unit", help="How many have left now.")
