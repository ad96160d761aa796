"""Looking for what Letzshop says of single pieces.

There is no query by id: the lists of shipments have to be read, and a store may have years of
them. A look ends in time; what it has not found by then stays unknown, and the next look of this
process goes on where it stopped, once around the list.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from odoo.addons.orion_base.lib.errors import OrionError

from .client import LetzshopClient
from .frames import Connection, ShipmentFilter, read_units

#: No page is begun later. A worker owns what it settles for 150 seconds, and the decision that
#: comes before a look, or the last page of it, may take the channel's whole timeout.
LOOK_SECONDS = 60.0
OWNED_SECONDS = 140.0


@dataclass(frozen=True, slots=True)
class Look:
    """What a look has found.

    :param states: Letzshop's word by piece; absent is what was on no page that was read.
    :param cause: why reading ended early, if an error was why.
    """

    states: dict[str, str]
    cause: OrionError | None = None


@dataclass(slots=True)
class Places:
    """Where the last look stopped in the confirmed shipments, by account."""

    cursors: dict[str, str] = field(default_factory=dict)


#: For the life of the process: who loses it begins at the top.
PLACES = Places()


class UnitSearch:
    """One look, which begins when this is made.

    :param timeout: most seconds that one call takes.
    :param clock: seconds that only grow.
    """

    def __init__(
        self,
        client: LetzshopClient,
        timeout: float,
        clock: Callable[[], float] = time.monotonic,
        places: Places = PLACES,
    ) -> None:
        self._client = client
        self._clock = clock
        self._deadline = clock() + max(0.0, min(LOOK_SECONDS, OWNED_SECONDS - timeout))
        self._cursors = places.cursors
        self._account = client.account

    def look(self, unit_ids: Iterable[str]) -> Look:
        """Read until all these pieces are found, everything was read, or the time is over.

        The open shipments come first: they are few, and what is still open was not decided.
        """
        missing = set(unit_ids)
        found: dict[str, str] = {}
        if not missing:
            return Look(found)
        try:
            for page in self._pages():
                for shipment in page.nodes:
                    states = read_units(shipment)
                    found.update((unit, states[unit]) for unit in missing & states.keys())
                missing -= found.keys()
                if not missing:
                    break
        except OrionError as error:
            # the place may be what the marketplace did not like
            self._cursors.pop(self._account, None)
            return Look(found, error)
        return Look(found)

    def _pages(self) -> Iterator[Connection]:
        yield from self._walk(ShipmentFilter.UNCONFIRMED, None)
        start = self._cursors.pop(self._account, None)
        after = start
        has_moved = False
        for page in self._walk(ShipmentFilter.CONFIRMED, start):
            after, has_moved = page.after, True
            yield page
        if after is None and start is not None:
            # the part before the place where the last look stopped
            for page in self._walk(ShipmentFilter.CONFIRMED, None, until=start):
                after = page.after
                yield page
        # a place that leads to itself leads nowhere
        if after is not None and not (has_moved and after == start):
            self._cursors[self._account] = after

    def _walk(
        self, state: ShipmentFilter, after: str | None, until: str | None = None
    ) -> Iterator[Connection]:
        """Pages from a cursor on, while there is time."""
        asked: set[str | None] = set()
        while self._clock() < self._deadline:
            asked.add(after)
            page = self._client.unit_page(state, after)
            if page.after is not None and page.after in asked:
                # the same cursor again would never end
                page = Connection(page.nodes, None, complete=False)
            yield page
            after = page.after
            if after is None or after == until:
                return
