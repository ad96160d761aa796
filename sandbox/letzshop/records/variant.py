"""A variant: what is sold."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .product import Product
from .trade_id import TradeId


@dataclass(frozen=True, slots=True)
class Variant:
    """A variant at the price for which it was sold.

    :param price: gross, for one piece.
    :param currency: not in the schema; the price names it where it is not the euro.
    """

    id: str
    sku: str | None
    mpn: str | None
    price: Decimal
    trade_id: TradeId | None
    product: Product | None
    currency: str = "EUR"
