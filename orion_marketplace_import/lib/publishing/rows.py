"""A staged row as publishing sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from ..product_data import VARIANT_FIELDS

#: The attribute with the period of a sale price.
SALE_PERIOD = "sale_price_effective_date"


@dataclass(slots=True)
class StagedRow:
    """One row of the staging table; values that the feed did not give are None.

    :param texts: `{ISO 639-1: {"title": …, "description": …}}`
    :param product_id: the product it is published as, or was
    :param published_values: what was published last, see `merge`
    :param is_product_created: that product was made by publishing
    :param published_group: the variant group in which that product was made
    :param is_group_left: the feed says another group now, and the product could not follow
    :param is_published: it is published now, changed since or not
    """

    id: int
    external_id: str
    texts: Mapping[str, Mapping[str, str]]
    price: float | None = None
    sale_price: float | None = None
    currency: str | None = None
    condition: str | None = None
    brand: str | None = None
    gtin: str | None = None
    mpn: str | None = None
    product_type: str | None = None
    google_product_category: str | None = None
    item_group_id: str | None = None
    color: str | None = None
    size: str | None = None
    gender: str | None = None
    age_group: str | None = None
    material: str | None = None
    pattern: str | None = None
    adult: bool | None = None
    tax_rate: float | None = None
    quantity: int | None = None
    weight: float | None = None
    is_digital: bool | None = None
    availability: str | None = None
    platform: str | None = None
    regions: Sequence[str] | None = None
    attributes: Mapping[str, str] | None = None
    product_id: int | None = None
    published_values: Mapping[str, Any] = field(default_factory=dict)
    is_product_created: bool = False
    published_group: str | None = None
    is_group_left: bool = False
    is_published: bool = False

    @property
    def category_path(self) -> str:
        """The shop's own category, else Google's, else empty."""
        return (self.product_type or self.google_product_category or "").strip()

    @property
    def variant_values(self) -> dict[str, str]:
        """What tells it from the others of its group, by field; empty without a group."""
        if not self.item_group_id:
            return {}
        values = {name: (getattr(self, name) or "").strip() for name in VARIANT_FIELDS}
        return {name: value for name, value in values.items() if value}

    @property
    def sale_period(self) -> str:
        """When the sale price holds, as the feed says it; empty: always."""
        return (self.attributes or {}).get(SALE_PERIOD, "")

    def titles(self) -> dict[str, str]:
        """By ISO 639-1 code."""
        return _one(self.texts, "title")

    def descriptions(self) -> dict[str, str]:
        """By ISO 639-1 code."""
        return _one(self.texts, "description")


#: Columns of the staging table of the same name.
READ_COLUMNS = tuple(
    each.name for each in fields(StagedRow) if each.name not in ("id", "is_published")
)


def _one(texts: Mapping[str, Mapping[str, str]], name: str) -> dict[str, str]:
    return {code: found[name] for code, found in (texts or {}).items() if found.get(name)}
