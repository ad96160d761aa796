"""Letzshop in the role `orders`: see `odoo.addons.orion_orders.lib.order_adapter`."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from types import MappingProxyType
from typing import Any

from odoo.addons.orion_base.lib.connection import ChannelConnection
from odoo.addons.orion_base.lib.outbox import OperationRequest, OperationResult
from odoo.addons.orion_orders.lib.fingerprint import payload_digest
from odoo.addons.orion_orders.lib.order_data import OrderData, OrderPage, OrderProblem

from . import decisions, tracking
from .client import LetzshopClient
from .frames import DEFAULT_PAGE_SIZE, Connection, ShipmentFilter, text
from .mapper import map_shipment
from .unit_search import UnitSearch

_logger = logging.getLogger(__name__)

#: The past first: it is the longer part and does not change under our hands.
_HISTORY = (ShipmentFilter.CONFIRMED, ShipmentFilter.UNCONFIRMED)
_ALL = (ShipmentFilter.UNCONFIRMED, ShipmentFilter.CONFIRMED)


def _now() -> datetime:
    return datetime.now(timezone.utc)


class LetzshopOrderAdapter:
    """Reads shipments page by page, and tells Letzshop what was decided about them.

    One adapter makes one call at a time; nothing here is meant for several threads.

    :param clock: aware time of now; the version of what is read.
    :param monotonic: seconds that only grow, for the time that a look may take.
    """

    def __init__(
        self,
        connection: ChannelConnection,
        clock: Callable[[], datetime] = _now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = LetzshopClient(connection)
        self._clock = clock
        self._monotonic = monotonic
        self._timeout = connection.http.total_deadline
        self._page_size = int(connection.settings.get("page_size") or DEFAULT_PAGE_SIZE)

    # ---- reading ------------------------------------------------------------

    def iter_open_orders(
        self,
        cursor: Mapping[str, Any] | None = None,
        known: Mapping[str, str] | None = None,
    ) -> Iterator[OrderPage]:
        """Pages of the shipments that await a decision; those that are as `known` says are
        named as unchanged."""
        return self._order_pages((ShipmentFilter.UNCONFIRMED,), cursor, known=known or {})

    def iter_history(self, cursor: Mapping[str, Any] | None = None) -> Iterator[OrderPage]:
        """Pages of every shipment: the confirmed ones, then the unconfirmed ones."""
        return self._order_pages(_HISTORY, cursor)

    def iter_decided_orders(
        self, external_ids: Sequence[str], cursor: Mapping[str, Any] | None = None
    ) -> Iterator[OrderPage]:
        """Pages of the confirmed shipments, until each of these was seen; only they are
        in the pages. There is no query by id and no filter by time."""
        return self._order_pages((ShipmentFilter.CONFIRMED,), cursor, wanted=set(external_ids))

    def iter_orders_by_id(
        self, external_ids: Sequence[str], cursor: Mapping[str, Any] | None = None
    ) -> Iterator[OrderPage]:
        """Pages of all shipments, until each of these was seen; only they are in the pages."""
        return self._order_pages(_ALL, cursor, wanted=set(external_ids))

    def check(self) -> None:
        """Read the id of one shipment. Raises an `OrionError` where that is refused."""
        self._client.check()

    def _order_pages(
        self,
        phases: Sequence[ShipmentFilter],
        cursor: Mapping[str, Any] | None,
        wanted: Collection[str] | None = None,
        known: Mapping[str, str] = MappingProxyType({}),
    ) -> Iterator[OrderPage]:
        """Pages of orders, each order once; the cursor is `{"phase": state, "after": text}`.

        :param wanted: only these ids, and no further than the last of them.
        :param known: digests of payloads that need no mapping, by id.
        """
        missing = None if wanted is None else set(wanted)
        if missing is not None and not missing:
            return
        seen: set[str] = set()
        for phase, page in self._walk(phases, cursor):
            read_at = self._clock()
            fresh = [
                node
                for node in page.nodes
                if (missing is None or text(node.get("id")) in missing) and _is_new(node, seen)
            ]
            if missing is not None:
                missing -= seen
            behind = None if missing is not None and not missing else _next(phases, phase, page)
            yield _order_page(fresh, read_at, behind, known, page.complete)
            if behind is None:
                return

    def _walk(
        self, phases: Sequence[ShipmentFilter], cursor: Mapping[str, Any] | None
    ) -> Iterator[tuple[ShipmentFilter, Connection]]:
        """Pages as they come, in the order of `phases`, from the cursor on."""
        first, after = _start(phases, cursor)
        for phase in phases[phases.index(first) :]:
            asked: set[str | None] = set()
            while after not in asked:
                asked.add(after)
                page = self._client.shipments(phase, self._page_size, after)
                if page.after is not None and page.after in asked:
                    # The same cursor again would never end.
                    _logger.info("Letzshop's %s pages repeat themselves", phase.value)
                    page = Connection(page.nodes, None, complete=False)
                yield phase, page
                after = page.after
                if after is None:
                    break
            after = None

    # ---- telling ------------------------------------------------------------

    def send(self, verb: str, requests: Sequence[OperationRequest]) -> Sequence[OperationResult]:
        """Tell Letzshop. All pieces of one verb go in one request, trackings one by one."""
        if verb in decisions.WANTED:
            return decisions.send(self._client, self._search(), verb, requests)
        if verb == tracking.VERB:
            return tracking.send(self._client, requests)
        raise ValueError(f"Letzshop has no verb {verb!r}")

    def _search(self) -> UnitSearch:
        return UnitSearch(self._client, self._timeout, self._monotonic)

    def reconcile(
        self, verb: str, requests: Sequence[OperationRequest]
    ) -> Sequence[OperationResult]:
        """Ask Letzshop what became of these."""
        if verb in decisions.WANTED:
            return decisions.reconcile(self._search(), verb, requests)
        if verb == tracking.VERB:
            return tracking.reconcile(requests)
        raise ValueError(f"Letzshop has no verb {verb!r}")


def _order_page(
    nodes: Iterable[Mapping[str, Any]],
    read_at: datetime,
    cursor: Mapping[str, Any] | None,
    known: Mapping[str, str],
    complete: bool,
) -> OrderPage:
    unchanged: list[str] = []
    mapped: list[OrderData | OrderProblem] = []
    for node in nodes:
        external_id = text(node.get("id"))
        if external_id in known and payload_digest(node) == known[external_id]:
            unchanged.append(external_id)
        else:
            mapped.append(map_shipment(node, read_at))
    return OrderPage(
        orders=tuple(item for item in mapped if isinstance(item, OrderData)),
        problems=tuple(item for item in mapped if isinstance(item, OrderProblem)),
        cursor=cursor,
        unchanged=tuple(unchanged),
        complete=complete,
    )


def _is_new(node: Mapping[str, Any], seen: set[str]) -> bool:
    """False for a shipment that was on an earlier page: pages shift while they are read."""
    external_id = text(node.get("id"))
    if external_id and external_id in seen:
        return False
    seen.add(external_id)
    return True


def _start(
    phases: Sequence[ShipmentFilter], cursor: Mapping[str, Any] | None
) -> tuple[ShipmentFilter, str | None]:
    """Where the cursor stands; the beginning for one that is not ours."""
    cursor = cursor or {}
    for phase in phases:
        if phase.value == cursor.get("phase"):
            return phase, text(cursor.get("after")) or None
    return phases[0], None


def _next(
    phases: Sequence[ShipmentFilter], phase: ShipmentFilter, page: Connection
) -> Mapping[str, Any] | None:
    """Cursor behind this page."""
    if page.after is not None:
        return {"phase": phase.value, "after": page.after}
    later = phases[phases.index(phase) + 1 :]
    return {"phase": later[0].value, "after": None} if later else None
