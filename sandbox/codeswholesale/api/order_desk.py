"""Buying, and looking up what was bought."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ...http.fault import Fault
from ...http.json_value import JsonValue
from ...http.reply import Reply
from ..records.order import Order
from ..refusal import Refusal
from ..supplier import Supplier
from .views import history_view, order_view


class OrderDesk:
    """Orders of the API; callers hold the supplier's lock."""

    def __init__(self, supplier: Supplier) -> None:
        self._supplier = supplier

    def buy(self, given: Mapping[str, Any], faults: Mapping[str, Fault], base: str) -> Reply:
        """Buy what the body of a request asks for."""
        supplier = self._supplier
        reference = str(given.get("orderId") or "")
        known = supplier.order_of(reference) if reference else None
        if "already_reported" in faults or (known and supplier.settings.knows_repeats):
            return Reply.json({"status": 208, "code": 20800, "message": "Already reported"}, 208)
        order = supplier.buy(
            reference,
            [_wanted(line) for line in _lines(given)],
            allow_preorder=given.get("allowPreOrder") is True,
        )
        if "order_ends" in faults:
            order.end = faults["order_ends"].text("status", "Cancelled")
        return Reply.json(order_view(order, supplier.clock.now(), faults, base), 201)

    def show(self, order_id: str, faults: Mapping[str, Fault], base: str) -> Reply:
        """An order with its codes."""
        order = self._order(order_id)
        return Reply.json(order_view(order, self._supplier.clock.now(), faults, base))

    def history(
        self,
        start: datetime | None,
        end: datetime | None,
        token: str,
        faults: Mapping[str, Fault],
        base: str,
    ) -> Reply:
        """A page of the orders of a time.

        :param token: of the page before; empty for the first one.
        """
        now = self._supplier.clock.now()
        if "no_items" in faults:
            return Reply.json({})
        found = _behind(self._supplier.history(start, end), token)
        size = self._supplier.settings.history_page_size
        items: list[JsonValue] = [history_view(order, now, base) for order in found[:size]]
        following = found[size - 1].id if len(found) > size else None
        return Reply.json({"items": items, "continuationToken": following})

    def invoice(
        self, order_id: str, faults: Mapping[str, Fault], write_pdf: Callable[[str, str], bytes]
    ) -> Reply:
        """An order's invoice as a PDF in base64."""
        order = self._order(order_id)
        if "no_invoice" in faults or order.status(self._supplier.clock.now()) != "Completed":
            raise Refusal(404, 60001, "There is no invoice yet")
        number = f"INV/{order.identifier}"
        pdf = write_pdf(number, f"Invoice EUR {order.cents / 100:.2f}")
        body = base64.b64encode(b"<html>" if "broken_invoice" in faults else pdf).decode()
        return Reply.json({"invoiceNo": number, "body": body})

    def _order(self, order_id: str) -> Order:
        order = self._supplier.find_order(order_id)
        if order is None:
            raise Refusal(404, 30000, "Order not found")
        return order


def _behind(orders: list[Order], order_id: str) -> list[Order]:
    """What comes after an order; everything when none is named."""
    if not order_id:
        return orders
    places = [place for place, order in enumerate(orders) if order.id == order_id]
    if not places:
        raise Refusal(400, 40001, "Continuation token is not valid")
    return orders[places[0] + 1 :]


def _lines(given: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    lines = given.get("products")
    if not isinstance(lines, list) or not lines:
        raise Refusal(400, 40005, "products is no list")
    return lines


def _wanted(line: Mapping[str, Any]) -> tuple[str, int, int | None]:
    quantity, price = line.get("quantity"), line.get("price")
    if not isinstance(quantity, int) or quantity < 1:
        raise Refusal(400, 40006, "quantity is no number of pieces")
    cents = round(float(price) * 100) if isinstance(price, (int, float)) else None
    return str(line.get("productId")), quantity, cents
