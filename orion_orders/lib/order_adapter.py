"""The role a channel plays for orders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from odoo.addons.orion_base.lib.outbox import OperationRequest, OperationResult

from .order_data import OrderPage

#: Name of the role, as given to ``open_adapter``.
ROLE = "orders"


class OrderAdapter(Protocol):
    """Reads orders, and tells the marketplace what was decided about them.

    Verbs and their payloads (written by ``orion_orders``):

    ``confirm``, ``reject``
        ``{"order": external id, "units": [piece ids], "reason": text}``. The response is
        ``{"units": {piece id: PieceState value}}``; without pieces ``{}``.
    ``set_tracking``
        ``{"order": external id, "tracking_number": text, "carrier": our carrier code}``, with
        ``"carrier_name"``, what the marketplace calls the carrier, where that is known.
        The response is ``{"tracking_number": …, "provider": what was sent}``.
    """

    def iter_open_orders(
        self,
        cursor: Mapping[str, Any] | None = None,
        known: Mapping[str, str] | None = None,
    ) -> Iterator[OrderPage]:
        """Pages of orders that may still need a decision, or changed since the cursor.

        :param known: digest of the payload (`fingerprint.payload_digest`) by external id. An
            order that has it still may go to the page's `unchanged`, which spares its mapping.
        """
        ...

    def iter_history(self, cursor: Mapping[str, Any] | None = None) -> Iterator[OrderPage]:
        """Pages of every order the marketplace still knows, for the first import."""
        ...

    def iter_decided_orders(
        self, external_ids: Sequence[str], cursor: Mapping[str, Any] | None = None
    ) -> Iterator[OrderPage]:
        """Pages in which these orders, still open here, may be found decided by other hands.

        An order that is in none of them, up to the last one, is no longer known there.
        """
        ...

    def iter_orders_by_id(
        self, external_ids: Sequence[str], cursor: Mapping[str, Any] | None = None
    ) -> Iterator[OrderPage]:
        """Pages in which just these orders are; what the marketplace does not know is in none."""
        ...

    def check(self) -> None:
        """Read the least that proves key and rights; raises an `OrionError` otherwise."""
        ...

    def send(self, verb: str, requests: Sequence[OperationRequest]) -> Sequence[OperationResult]:
        """See `OutboxAdapter`."""
        ...

    def reconcile(
        self, verb: str, requests: Sequence[OperationRequest]
    ) -> Sequence[OperationResult]:
        """See `OutboxAdapter`."""
        ...
