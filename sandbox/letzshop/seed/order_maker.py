"""Customers' orders."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from ..records.article import Article
from ..records.inventory_unit import InventoryUnit
from ..records.order import Order
from ..records.parcel_data import ParcelData
from ..records.shipment import Shipment
from ..records.states import Carrier
from ..records.variant import Variant
from .customer_maker import CustomerMaker
from .id_maker import IdMaker
from .traits import order_traits, traits_of

CENT = Decimal("0.01")
DELIVERY_FEES = (Decimal(0), Decimal(0), Decimal("4.99"), Decimal("6.50"))
CARRIERS: tuple[Carrier | None, ...] = (
    "Greco",
    "Greco",
    "Greco",
    "Colissimo",
    "XpressLogistics",
    None,
)


class OrderMaker:
    """Makes orders as a small shop would get them.

    :param articles: by vendor; the first vendor is the one whose orders are asked for.
    """

    def __init__(self, ids: IdMaker, seed: int, articles: Mapping[str, Sequence[Article]]) -> None:
        self._ids = ids
        self._random = random.Random(f"orders {seed}")
        self._customers = CustomerMaker(seed)
        self._articles = articles
        self._index = 0

    def make(self, vendor: str, completed_at: datetime) -> list[Shipment]:
        """The shipments of one new order, nothing of it decided."""
        traits = traits_of(self._index)
        self._index += 1
        baskets = [(vendor, self._basket(vendor, traits))]
        if "two_shipments" in traits:
            baskets.append((vendor, self._basket(vendor, ())))
        if "two_vendors" in traits:
            other = next(name for name in self._articles if name != vendor)
            baskets.append((other, self._basket(other, ())))
        if "swiss" in traits:
            baskets = [(name, [_in_francs(variant) for variant in some]) for name, some in baskets]
        order = self._order([basket for _, basket in baskets], traits, completed_at)
        (first, contents), *others = baskets
        return [
            self._shipment(order, first, contents, traits),
            *(self._shipment(order, name, some, order_traits(traits)) for name, some in others),
        ]

    def _order(
        self,
        baskets: Sequence[Sequence[Variant | None]],
        traits: Collection[str],
        completed_at: datetime,
    ) -> Order:
        person = self._customers.choose(traits)
        ship_to = self._customers.ship_to(person, traits)
        pieces = [variant.price for basket in baskets for variant in basket if variant]
        total = sum(pieces, self._random.choice(DELIVERY_FEES))
        if "total_too_small" in traits:
            total = max(Decimal(0), sum(pieces, Decimal("-1.50")))
        return Order(
            id=self._ids.hash_id(),
            number=self._ids.order_number(),
            email=self._customers.mail(person, traits),
            total=None if "no_total" in traits else total.quantize(CENT),
            completed_at=completed_at,
            locale=None if "no_locale" in traits else person.locale,
            ship_address=None if "pick_up" in traits else ship_to,
            bill_address=self._customers.bill_to(person, ship_to, traits),
            currency="CHF" if "swiss" in traits else "EUR",
        )

    def _shipment(
        self,
        order: Order,
        vendor: str,
        basket: Sequence[Variant | None],
        traits: tuple[str, ...],
    ) -> Shipment:
        shipment = Shipment(
            id=self._ids.hash_id(),
            number=self._ids.shipment_number(),
            vendor=vendor,
            order=order,
            data=None if "pick_up" in traits else self._parcel(),
            traits=traits,
        )
        shipment.inventory_units = [
            InventoryUnit(self._ids.hash_id(), variant, shipment) for variant in basket
        ]
        if "half_decided" in traits:
            shipment.inventory_units[0].state = "confirmed_available"
        return shipment

    def _parcel(self) -> ParcelData | None:
        carrier = self._random.choice(CARRIERS)
        if carrier is None:
            return None
        weights = tuple(self._random.randint(2, 60) / 10 for _ in range(self._random.randint(1, 2)))
        return ParcelData(carrier, self._ids.hash_id(), weights)

    def _basket(self, vendor: str, traits: Collection[str]) -> list[Variant | None]:
        """The variant of each piece, at the price for which it was sold."""
        listed = [a for a in self._articles[vendor] if a.listed and a.list_price]
        chosen = self._random.sample(listed, self._random.choice((1, 1, 2, 2, 3, 4)))
        basket: list[Variant | None] = []
        for article in chosen:
            pieces = 12 if "many_pieces" in traits else self._random.choice((1, 1, 1, 2, 3))
            pieces = max(2, pieces) if "half_decided" in traits else pieces
            basket += [self._sold(article, traits)] * pieces
        return basket + self._oddities(vendor, chosen[0], traits)

    def _oddities(
        self, vendor: str, article: Article, traits: Collection[str]
    ) -> list[Variant | None]:
        odd: list[Variant | None] = []
        variant = article.variant
        if "unknown_product" in traits:
            unlisted = [a for a in self._articles[vendor] if not a.listed]
            odd.append(self._random.choice(unlisted).variant)
        if "zero_price" in traits:
            free = [a for a in self._articles[vendor] if not a.list_price]
            odd.append(self._random.choice(free).variant)
        if "two_prices" in traits:
            odd.append(replace(variant, price=(variant.price / 2).quantize(CENT)))
        if "no_sku" in traits:
            numbered = [a for a in self._articles[vendor] if a.listed and a.gtin]
            odd.append(replace(self._random.choice(numbered).variant, sku=None))
        if "no_product" in traits:
            odd.append(replace(variant, id=self._ids.hash_id(), product=None))
        if "no_variant" in traits:
            odd.append(None)
        return odd

    def _sold(self, article: Article, traits: Collection[str]) -> Variant:
        factor = Decimal(1)
        if "sold_below_list" in traits:
            factor = self._random.choice((Decimal("0.9"), Decimal("0.75"), Decimal("0.5")))
        elif "sold_above_list" in traits:
            factor = Decimal("1.05")
        price = (article.list_price * factor).quantize(CENT)
        return replace(article.variant, price=price)


def _in_francs(variant: Variant | None) -> Variant | None:
    return replace(variant, currency="CHF") if variant else None
