from odoo import models
from odoo.fields import Domain


class SaleOrder(models.Model):
    """Deliveries and credit notes tell the status; they are never stopped by it."""

    _inherit = "sale.order"

    def _orion_reach_packed(self):
        """The delivery is packed: picking is over, whether it was noted before or not."""
        self._orion_advance_status("processing")
        self._orion_advance_status("ready_for_shipment")

    def _orion_note_transfers(self):
        """A transfer of this order is done: an earlier step of the way out means packed, the
        delivery of all goods means shipped."""
        self.ensure_one()
        leaving = self.picking_ids.filtered(
            lambda picking: picking.location_dest_id.usage in ("customer", "transit")
        )
        before = self.picking_ids - leaving
        if before and all(picking.state in ("done", "cancel") for picking in before):
            self._orion_reach_packed()
        if not leaving.filtered(lambda picking: picking.state == "done"):
            return
        for line in self._orion_goods_lines():
            line.orion_shipped_quantity = max(line.orion_shipped_quantity, line.qty_delivered)
        details = {"pickings": leaving.filtered(lambda p: p.state == "done").mapped("name")}
        self._orion_ship_complete(details)

    def _orion_note_credits(self):
        """Posted credit notes: for everything, or for a part."""
        credited = self._orion_posted_amounts("out_refund")
        invoiced = self._orion_posted_amounts("out_invoice")
        for order in self:
            amount = credited.get(order, 0.0)
            rounding = order.currency_id
            if rounding.is_zero(amount):
                continue
            # an order that was reduced after its invoice is worth less than what was paid
            owed = max(order.amount_total, invoiced.get(order, 0.0))
            whole = rounding.compare_amounts(amount, owed) >= 0
            order._orion_advance_status(
                "refunded" if whole else "partially_refunded", details={"credited": amount}
            )

    def _orion_posted_amounts(self, move_type):
        """`{order: amount}` of posted invoices or credit notes of these orders, with taxes."""
        groups = self.env["account.move.line"]._read_group(
            Domain("move_type", "=", move_type)
            & Domain("parent_state", "=", "posted")
            & Domain("sale_line_ids.order_id", "in", self.ids)
            & Domain("display_type", "=", "product"),
            ["sale_line_ids"],
            ["price_total:sum"],
        )
        amounts = {}
        for sale_line, amount in groups:
            order = sale_line.order_id
            amounts[order] = amounts.get(order, 0.0) + amount
        return amounts
