from odoo import models


class SaleOrderLine(models.Model):
    """How many pieces of a line its credit notes take back."""

    _inherit = "sale.order.line"

    # === BUSINESS === #

    def _orion_pieces_to_keep(self):
        """`{line: pieces}` that its customer may have: what is sold, less what posted credit notes
        take back, as far as quantity and amount both say so: a rebate takes nothing back. The
        amount is compared with what the pieces were invoiced for, which need not be the order's
        price. What was invoiced beyond what is (still) sold is credited first. One query.

        Lines of which nothing is credited are absent.
        """
        moved = self._orion_posted_lines()
        refunds = moved.filtered(lambda one: one.move_type == "out_refund")
        credited = self._orion_sum_by_line(refunds)
        invoiced = self._orion_sum_by_line(moved - refunds)
        worth = self._orion_credited_worth(refunds, moved - refunds)
        result = {}
        for line, quantity in credited.items():
            taken = int(line._orion_in_pieces(min(quantity, worth[line])) + 1e-2)
            sold = line._orion_digital_quantity()
            beyond = max(line._orion_in_pieces(invoiced.get(line, 0.0)) - sold, 0.0)
            made = line.orion_piece_ids.filtered(lambda piece: piece.state != "cancelled")
            kept = min(sold, len(made)) - max(taken - int(beyond + 1e-2), 0)
            result[line] = max(kept, 0)
        return result

    # === PRIVATE === #

    def _orion_posted_lines(self):
        """What posted invoices and credit notes say of these lines."""
        return (
            self.env["account.move.line"]
            .sudo()
            .search(
                [
                    ("sale_line_ids", "in", self.ids),
                    ("move_type", "in", ("out_invoice", "out_refund")),
                    ("parent_state", "=", "posted"),
                    ("display_type", "=", "product"),
                ]
            )
        )

    def _orion_credited_worth(self, refunds, invoices):
        """`{line: quantity}`, in the line's unit, that the credited amounts are worth."""
        result = {}
        for refund in refunds:
            reversed_lines = invoices.filtered(
                lambda one, refund=refund: one.move_id == refund.move_id.reversed_entry_id
            )
            for line in refund.sale_line_ids & self:
                price = (
                    line._orion_invoiced_price(reversed_lines)
                    or line._orion_invoiced_price(invoices)
                    or (line.product_uom_qty and line.price_total / line.product_uom_qty)
                )
                quantity = line._orion_sum_by_line(refund)[line]
                worth = refund.price_total / price if price else quantity
                result[line] = result.get(line, 0.0) + worth
        return result

    def _orion_invoiced_price(self, invoice_lines):
        """What one unit of this line was invoiced for, taxes included; 0 where it was not."""
        self.ensure_one()
        own = invoice_lines.filtered(lambda one: self in one.sale_line_ids)
        quantity = self._orion_sum_by_line(own).get(self)
        return sum(own.mapped("price_total")) / quantity if quantity else 0.0

    def _orion_in_pieces(self, quantity):
        """A quantity of the line's unit, in the product's own."""
        self.ensure_one()
        unit = self.product_uom_id or self.product_id.uom_id
        return unit._compute_quantity(quantity, self.product_id.uom_id, round=False)
