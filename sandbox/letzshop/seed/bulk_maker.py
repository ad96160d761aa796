"""Plain orders in any number, for benchmarks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from ..records.address import Address
from ..records.article import Article
from ..records.inventory_unit import InventoryUnit
from ..records.order import Order
from ..records.parcel_data import ParcelData
from ..records.shipment import Shipment
from .id_maker import IdMaker
from .places import PLACES

LOCALES = ("fr", "de", "en")


class BulkMaker:
    """Makes orders without anything special, all lines from the merchant's catalogue."""

    def __init__(self, ids: IdMaker) -> None:
        self._ids = ids
        self._count = 0

    def make(
        self,
        vendor: str,
        articles: Sequence[Article],
        completed_at: datetime,
        *,
        lines: int,
        quantity: int,
        customers: int,
    ) -> Shipment:
        """One shipment of one order.

        :param articles: those of the catalogue, used in turn.
        :param customers: after how many orders a customer comes again; 0 for never.
        """
        number = self._count
        self._count += 1
        start = number * lines
        chosen = [articles[(start + place) % len(articles)] for place in range(lines)]
        customer = number % customers if customers else number
        shipment = Shipment(
            id=self._ids.hash_id(),
            number=self._ids.shipment_number(),
            vendor=vendor,
            order=self._order(chosen, customer, completed_at, quantity),
            data=ParcelData("Greco", self._ids.hash_id(), (1.5,)),
            traits=("bulk",),
        )
        shipment.inventory_units = [
            InventoryUnit(self._ids.hash_id(), article.variant, shipment)
            for article in chosen
            for _ in range(quantity)
        ]
        return shipment

    def _order(
        self, chosen: Sequence[Article], customer: int, completed_at: datetime, quantity: int
    ) -> Order:
        address = self._address(customer)
        return Order(
            id=self._ids.hash_id(),
            number=self._ids.order_number(),
            email=f"customer{customer}@example.com",
            total=sum((article.list_price for article in chosen), Decimal(0)) * quantity,
            completed_at=completed_at,
            locale=LOCALES[customer % len(LOCALES)],
            ship_address=address,
            bill_address=address,
        )

    @staticmethod
    def _address(customer: int) -> Address:
        place = PLACES["LU"]
        zip_code, city = place.towns[customer % len(place.towns)]
        return Address(
            first_name=f"Customer {customer}",
            last_name="Benchmark",
            company=None,
            street_name=place.streets[customer % len(place.streets)],
            street_number=str(customer % 200 + 1),
            city=city,
            zip_code=zip_code,
            phone=f"+352 621 {customer % 1000000:06d}",
            country=place.country,
        )
