"""An article of the merchant's shop."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .variant import Variant


@dataclass(frozen=True, slots=True)
class Article:
    """A variant with what only the merchant knows of it.

    :param variant: at its list price.
    :param gtin: as the merchant's catalogue has it, which may be another form of the
        marketplace's number.
    :param listed: whether the catalogue has it at all.
    """

    variant: Variant
    gtin: str | None
    tax_rate: int
    category: str
    weight: Decimal
    listed: bool = True

    @property
    def list_price(self) -> Decimal:
        """The gross price in the merchant's catalogue."""
        return self.variant.price
