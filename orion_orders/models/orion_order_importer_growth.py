from collections import Counter
from dataclasses import replace
from decimal import Decimal

from odoo import models

from ..import_batch import ImportBatch

#: Decisions of orders to which the marketplace may add, and what was added is decided later.
OPEN_DECISIONS = ("undecided", "accepted")


class OrionOrderImporter(models.AbstractModel):
    """What the marketplace has added to known orders: a piece without a line would be accepted
    there, and neither delivered nor invoiced here."""

    _inherit = "orion.order.importer"

    def _add_lines(self, channel, pairs, owners):
        """Make the lines that orders lack. Where the marketplace has accepted a part already, what
        is new counts nothing until it is accepted too.

        :param pairs: `[(order, OrderData)]`
        :param owners: `sale.order._orion_known_pieces()`
        :return: the orders that have new lines, and what was looked up for them
        """
        grown = {
            order: lines
            for order, data in pairs
            if (lines := self._lines_to_add(order, data, owners.get(order.id, {})))
        }
        batch = ImportBatch(channel=channel, company=channel.company_id)
        if not grown:
            return self.env["sale.order"], batch
        datas = {order: data for order, data in pairs if order in grown}
        self._match_products(batch, list(datas.values()))
        self._find_partners(batch, list(datas.values()), self._customer_keys(datas.items()))
        self._find_terms(batch, list(datas.values()))
        created = self.env["sale.order.line"].create(
            [
                self._prepare_added_line(batch, order, datas[order], line)
                for order, lines in grown.items()
                for line in lines
            ]
        )
        orders = created.order_id
        unmatched = created.filtered("orion_needs_product_match")
        if unmatched:
            orders._orion_lines_unmatched(unmatched)
        for order, lines in created.grouped("order_id").items():
            order._orion_note_added(lines.mapped("name"))
        return orders, batch

    def _settle_grown(self, batch, orders):
        """The totals of orders with new lines, to the cent."""
        for order in orders.filtered(lambda order: order.orion_decision == "undecided"):
            self._settle_total(batch, order, order._orion_sold_total())

    def _raise_sold_quantities(self, pairs, owners):
        """The customer may have ordered more pieces of what was sold before."""
        for order, data in pairs:
            if order.orion_is_history:
                continue
            order_lines = {line.orion_line_external_id: line for line in order.order_line}
            sold = Counter(
                owners.get(order.id, {}).get(piece.external_id) or line.external_id
                for line in data.lines
                for piece in line.pieces
            )
            for external_id, quantity in sold.items():
                order_line = order_lines.get(external_id)
                if order_line and quantity > order_line.orion_sold_quantity:
                    order_line.orion_sold_quantity = quantity

    # === PRIVATE === #

    def _lines_to_add(self, order, data, owners):
        """Lines of the marketplace that the order lacks; those that nobody can decide here any
        more are only noted.

        A piece stays on its line, whatever the marketplace calls the product by now: of a line
        under another name, only the pieces that are new are new.
        """
        known = set(order.order_line.mapped("orion_line_external_id"))
        lines = [
            new
            for line in data.lines
            if line.external_id not in known and (new := self._new_part(line, owners))
        ]
        if order.orion_is_history or not lines:
            return []
        decided = order.orion_decision != "undecided"
        late = [
            line
            for line in lines
            if order.orion_decision not in OPEN_DECISIONS or (decided and not line.pieces)
        ]
        if late:
            order._orion_note_added_late([line.name for line in late])
        return [line for line in lines if line not in late]

    def _new_part(self, line, owners):
        """A line without the pieces that have a line already; None when nothing is left."""
        pieces = tuple(piece for piece in line.pieces if not owners.get(piece.external_id))
        if len(pieces) == len(line.pieces):
            return line
        return replace(line, pieces=pieces, quantity=Decimal(len(pieces))) if pieces else None

    def _prepare_added_line(self, batch, order, data, line):
        values = self._prepare_line_values(batch, data, line)
        places = [each.external_id for each in data.lines]
        values.update(order_id=order.id, sequence=10 + places.index(line.external_id))
        if order.orion_decision != "undecided":
            values.update(product_uom_qty=0.0, orion_counted_quantity=0.0, extra_tax_data=False)
        return values
