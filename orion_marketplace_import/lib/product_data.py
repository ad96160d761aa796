"""A product as all feeds and catalogues are mapped to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

AVAILABILITIES = ("in_stock", "out_of_stock", "preorder", "backorder")
CONDITIONS = ("new", "refurbished", "used")

#: What tells the variants of one product apart.
VARIANT_FIELDS = ("color", "size", "gender", "age_group", "material", "pattern")

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ProductData:
    """One row of a feed, in one language. Texts are empty, other values None when not said.

    :param external_id: the merchant's id of the product, its SKU as a rule.
    :param language: ISO 639-1 code of title and description.
    :param price: gross, as sold; `sale_price` likewise.
    :param currency: ISO 4217, None when the feed does not say it.
    :param availability: one of `AVAILABILITIES`, or empty.
    :param condition: one of `CONDITIONS`, or empty.
    :param gtin: canonical, 14 digits.
    :param gtin_given: as the feed wrote it, also where it is none.
    :param identifier_exists: False when the product has neither GTIN nor MPN.
    :param product_type: path ``A > B > C``; `google_product_category` likewise.
    :param item_group_id: shared by the variants of one product.
    :param gender: female, male or unisex, or what the feed says.
    :param tax_rate: percent.
    :param quantity: pieces in stock, never negative.
    :param weight: kilograms.
    :param is_digital: True for a key or download, False for goods that are shipped.
    :param regions: where a digital product works.
    :param attributes: what has no field of its own, by column name.
    """

    external_id: str
    title: str
    description: str = ""
    language: str = ""
    link: str = ""
    image_link: str = ""
    additional_image_links: tuple[str, ...] = ()
    price: Decimal | None = None
    sale_price: Decimal | None = None
    currency: str | None = None
    availability: str = ""
    condition: str = ""
    brand: str = ""
    gtin: str = ""
    gtin_given: str = ""
    mpn: str = ""
    identifier_exists: bool | None = None
    product_type: str = ""
    google_product_category: str = ""
    item_group_id: str = ""
    color: str = ""
    size: str = ""
    gender: str = ""
    age_group: str = ""
    material: str = ""
    pattern: str = ""
    adult: bool | None = None
    tax_rate: Decimal | None = None
    quantity: int | None = None
    preorder_days: int | None = None
    weight: Decimal | None = None
    is_digital: bool | None = None
    platform: str = ""
    regions: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=lambda: _NOTHING)

    @property
    def variant_attributes(self) -> dict[str, str]:
        """What tells this variant from the others of its `item_group_id`, by field."""
        if not self.item_group_id:
            return {}
        return {name: getattr(self, name) for name in VARIANT_FIELDS if getattr(self, name)}
