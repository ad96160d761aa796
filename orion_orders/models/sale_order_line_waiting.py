from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """What a line of a half decided order does not count yet."""

    _inherit = "sale.order.line"

    orion_waiting_quantity = fields.Float(
        string="Still to Decide",
        digits="Product Unit",
        compute="_compute_orion_waiting_quantity",
        compute_sudo=True,
        help="Pieces that wait for a decision, while others of the order are accepted. The line's "
        "quantity does not count them yet.",
    )

    @api.depends("order_id.orion_decision", "product_uom_qty")
    def _compute_orion_waiting_quantity(self):
        waiting = self.order_id._orion_waiting_quantities()
        for line in self:
            line.orion_waiting_quantity = waiting.get(line._origin, 0)
