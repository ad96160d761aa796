"""Everything a fresh stand-in starts with."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from ..records.article import Article
from ..records.shipment import Shipment
from .bulk_maker import BulkMaker
from .catalogue_maker import CatalogueMaker
from .history_maker import HistoryMaker
from .id_maker import IdMaker
from .order_maker import OrderMaker


class Population:
    """Makes catalogues and orders, the same ones for the same seed and the same calls.

    :param vendors: the first is the merchant's own.
    """

    def __init__(self, seed: int, vendors: tuple[str, ...]) -> None:
        ids = IdMaker(seed)
        self.vendors = vendors
        self.articles: dict[str, list[Article]] = {
            vendor: CatalogueMaker(ids, seed * 100 + place, "M" * place).make()
            for place, vendor in enumerate(vendors)
        }
        self._orders = OrderMaker(ids, seed, self.articles)
        self._history = HistoryMaker(seed)
        self._bulk = BulkMaker(ids)
        self._random = random.Random(f"population {seed}")

    def history(self, count: int, now: datetime) -> Iterator[Shipment]:
        """Decided orders of the past thirteen months, oldest first."""
        for place in range(count):
            age = timedelta(days=4 + 390 * (count - place) / count)
            for shipment in self._new(place, now - age):
                self._history.decide(shipment)
                yield shipment

    def open_orders(self, count: int, now: datetime) -> Iterator[Shipment]:
        """Orders of the past three days that await a decision, oldest first."""
        for place in range(count):
            age = timedelta(hours=72 * (count - place) / count)
            yield from self._new(place, now - age)

    def bulk(
        self, vendor: str, count: int, now: datetime, *, lines: int, quantity: int, customers: int
    ) -> Iterator[Shipment]:
        """Plain orders for benchmarks."""
        listed = [a for a in self.articles[vendor] if a.listed and a.list_price and a.gtin]
        for _ in range(count):
            yield self._bulk.make(
                vendor, listed, now, lines=lines, quantity=quantity, customers=customers
            )

    def _new(self, place: int, moment: datetime) -> list[Shipment]:
        """The shipments of an order; every tenth is another vendor's."""
        vendor = self.vendors[1] if place % 10 == 9 else self.vendors[0]
        jitter = timedelta(seconds=self._random.randint(0, 59))
        return self._orders.make(vendor, (moment - jitter).replace(microsecond=0))
