"""The parts: each runs in databases of its own, and says what it found and what the aim is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.bench import Bench
from benchmarks.report import Section

from . import exceptions, feeds, keys, orders, outbox, stock

#: What runs one part: the sections to print, and everything that was measured.
Part = Callable[[Bench], tuple[list[Section], Any]]

PARTS: dict[str, Part] = {
    part.__name__: part
    for part in (
        orders.order_import,
        orders.crowded,
        outbox.outbox,
        outbox.two_workers,
        exceptions.exceptions,
        feeds.feeds,
        feeds.feeds_memory,
        feeds.publishing,
        stock.stock,
        stock.stock_changes,
        keys.catalogue,
        keys.keys,
    )
}
