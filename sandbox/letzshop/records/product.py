"""A product."""

from __future__ import annotations

from dataclasses import dataclass

from .brand import Brand
from .translated_string import TranslatedString


@dataclass(frozen=True, slots=True)
class Product:
    """What the marketplace shows; its variants are what is sold."""

    id: str
    name: TranslatedString | None
    permalink: str
    brand: Brand | None
    age_limit: int | None = None

    @property
    def age_restriction(self) -> str | None:
        """The age limit in the old field's type."""
        return None if self.age_limit is None else str(self.age_limit)
