"""Something that is sold."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from .price_band import PriceBand


@dataclass(slots=True)
class Product:
    """A product of the supplier's price list.

    :param kind: how its codes come: text, image, or a text and an image for each piece (both).
    :param is_preorder: it is not released yet: its codes come later.
    :param is_poor: the account is always too poor for it, as for one product of the vendor's
        sandbox.
    :param is_listed: whether it stands in the price list.
    :param sequence: its place among products that changed at one moment.
    """

    id: str
    identifier: str
    name: str
    platform: str
    regions: tuple[str, ...]
    languages: tuple[str, ...]
    quantity: int
    bands: tuple[PriceBand, ...]
    released: datetime
    updated: datetime
    created: datetime
    sequence: int
    eans: tuple[str, ...] = ()
    kind: str = "text"
    category: str = "Game"
    developer: str = ""
    is_preorder: bool = False
    is_poor: bool = False
    is_listed: bool = True
    badges: tuple[str, ...] = field(default=())

    def price_of(self, quantity: int) -> int:
        """Cents for a piece of so many."""
        for band in self.bands:
            if band.first <= quantity and (band.last is None or quantity <= band.last):
                return band.cents
        return self.bands[-1].cents

    @property
    def changed_key(self) -> tuple[datetime, int]:
        """Sorts products by their last change."""
        return self.updated, self.sequence
