from odoo import api, models


class SaleOrderLine(models.Model):
    """Orders of the past were invoiced before they came to Odoo."""

    _inherit = "sale.order.line"

    @api.depends("order_id.orion_is_history")
    def _compute_qty_to_invoice(self):
        past = self._orion_of_the_past()
        past.qty_to_invoice = 0
        super(SaleOrderLine, self - past)._compute_qty_to_invoice()

    @api.depends("order_id.orion_is_history")
    def _compute_untaxed_amount_to_invoice(self):
        past = self._orion_of_the_past()
        past.untaxed_amount_to_invoice = 0
        super(SaleOrderLine, self - past)._compute_untaxed_amount_to_invoice()

    def _orion_of_the_past(self):
        return self.filtered("order_id.orion_is_history")
