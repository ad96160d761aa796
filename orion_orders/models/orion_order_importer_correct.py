from dataclasses import replace

from odoo import api, models

from ..lib.line_changes import IDENTITY, differences, plain_number, said_of
from .orion_order_importer_growth import OPEN_DECISIONS


class OrionOrderImporter(models.AbstractModel):
    """What the marketplace has changed on known lines.

    What was sold stays: of another price people are told, once for each change. But while nobody
    knows the product, the newest name and numbers are the ones to look for; where a product was
    found by a number and the order is not decided yet, it is looked for again, as if the order
    came in now; and while an order that is decided as a whole waits, its quantities are the
    marketplace's, for these are what a confirmation would accept there.
    """

    _inherit = "orion.order.importer"

    def _follow_lines(self, channel, pairs):
        """Take over or note what is said differently of known lines.

        :param pairs: `[(order, OrderData)]`
        :return: orders of which a quantity has changed
        """
        changed = {}
        for order, data in pairs:
            if not order.orion_is_history and order.orion_decision in OPEN_DECISIONS:
                changed.update(self._changed_lines(order, data))
        orders = self.env["sale.order"]
        if not changed:
            return orders
        again = self._found_by_other_numbers(channel, changed)
        corrected, noted = {}, {}
        for order_line, (line, news) in changed.items():
            followed = self._followed(order_line, news, order_line in again)
            self._take_over_line(order_line, line, followed)
            if IDENTITY & followed.keys():
                corrected[order_line] = line
            rest = {key: values for key, values in news.items() if key not in followed}
            if rest:
                self._remember_said(order_line, rest)
            noted[order_line] = (followed, rest)
        self._note_changed_lines(noted)
        if again:
            again._orion_forget_product("product_not_found")
            again.order_id._orion_lines_unmatched(again)
        if corrected:
            self._match_corrected(channel, corrected)
        return orders.union(
            *(line.order_id for line, (followed, _rest) in noted.items() if "quantity" in followed)
        )

    # === HOOKS === #

    def _match_corrected(self, channel, corrected):
        """Lines that wait for their product have another name or number by now: match again.

        :param corrected: `{order line: OrderLineData}`
        """
        lines = [
            replace(
                line,
                gtin=order_line.orion_product_gtin or "",
                sku=order_line.orion_product_sku or "",
            )
            for order_line, line in corrected.items()
        ]
        matches = self._match_lines(channel, lines)
        for order_line, match in zip(corrected, matches, strict=True):
            if match.product_id:
                order_line._orion_set_product(
                    self.env["product.product"].browse(match.product_id),
                    match.unit_id and self.env["uom.uom"].browse(match.unit_id),
                )
            elif match.problem != order_line.orion_match_problem:
                order_line.orion_match_problem = match.problem

    # === PRIVATE === #

    @api.model
    def _changed_lines(self, order, data):
        """`{order line: (OrderLineData, {key: (before, now)})}`."""
        lines = {line.external_id: line for line in data.lines}
        found = {}
        for order_line in order.order_line.filtered("orion_is_sold"):
            line = lines.get(order_line.orion_line_external_id)
            news = line and differences(self._said_before(order_line, line), said_of(line))
            if news:
                found[order_line] = (line, news)
        return found

    @api.model
    def _said_before(self, order_line, line):
        """What the marketplace said last of a line."""
        sold = {
            "name": (order_line.orion_product_name or "").strip(),
            "gtin": (order_line.orion_product_gtin or "").strip(),
            "sku": (order_line.orion_product_sku or "").strip(),
            "price": plain_number(order_line.orion_price_unit),
            "quantity": plain_number(order_line.orion_sold_quantity),
        }
        return sold | (order_line.orion_said_later or {})

    @api.model
    def _followed(self, order_line, news, is_looked_for):
        """The part of the news that the line follows.

        :param is_looked_for: its product is looked for again
        """
        keys = set()
        if is_looked_for or order_line.orion_needs_product_match:
            keys |= IDENTITY
        if order_line.order_id.orion_decision == "undecided":
            keys.add("quantity")
        return {key: values for key, values in news.items() if key in keys}

    @api.model
    def _take_over_line(self, order_line, line, followed):
        values = {}
        if "name" in followed:
            values.update(orion_product_name=line.name, name=line.name)
        if "gtin" in followed:
            values["orion_product_gtin"] = line.gtin
        if "sku" in followed:
            values["orion_product_sku"] = line.sku
        if "quantity" in followed:
            quantity = float(line.quantity)
            values.update(orion_sold_quantity=quantity, product_uom_qty=quantity)
        if values:
            order_line.write(values)

    @api.model
    def _remember_said(self, order_line, rest):
        """So that the next data, which say it again, are no news."""
        later = {key: now for key, (_before, now) in rest.items()}
        order_line.orion_said_later = {**(order_line.orion_said_later or {}), **later}

    @api.model
    def _note_changed_lines(self, noted):
        """One note an order, and kind of change."""
        for order, lines in self.env["sale.order.line"].union(*noted).grouped("order_id").items():
            for index in (0, 1):
                changes = {line: noted[line][index] for line in lines if noted[line][index]}
                if changes:
                    order._orion_note_changed(changes, is_followed=index == 0)

    @api.model
    def _found_by_other_numbers(self, channel, changed):
        """Lines that have their product by the numbers they were sold under, where the numbers
        that the marketplace gives now do not say so; of orders that are still to be decided.
        What a person has chosen stays."""
        lines = {
            order_line: line
            for order_line, (line, news) in changed.items()
            if {"gtin", "sku"} & news.keys()
            and not order_line.orion_needs_product_match
            and order_line.order_id.orion_decision == "undecided"
        }
        if not lines:
            return self.env["sale.order.line"]
        sold = [
            replace(
                line, gtin=one.orion_product_gtin or "", sku=(one.orion_product_sku or "").strip()
            )
            for one, line in lines.items()
        ]
        now = [
            replace(line, gtin=line.gtin or as_sold.gtin, sku=line.sku or as_sold.sku)
            for line, as_sold in zip(lines.values(), sold, strict=True)
        ]
        matches = self._match_lines(channel, [*sold, *now])
        return self.env["sale.order.line"].union(
            *(
                order_line
                for order_line, was, is_now in zip(
                    lines, matches, matches[len(lines) :], strict=False
                )
                if was.product_id == order_line.product_id.id != is_now.product_id
            )
        )
