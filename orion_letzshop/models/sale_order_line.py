from odoo import api, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.depends("order_id.letzshop_unit_ids.state", "order_id.letzshop_unit_ids.operation_id")
    def _compute_orion_waiting_quantity(self):
        return super()._compute_orion_waiting_quantity()
