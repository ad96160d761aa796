"""Letzshop's product file: the columns and words that its import is known to read."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar

from odoo.addons.orion_marketplace_import.lib.product_data import ProductData
from odoo.addons.orion_marketplace_import.lib.reading.columns import ChannelColumns

from .feed_columns import LETZSHOP_COLUMNS

#: Letzshop's own attributes, which no other marketplace has.
BOOST_SORT = "atalanda:boost_sort"
DELIVERY_METHOD = "atalanda:delivery_method"

#: VAT rates of Luxembourg, in percent.
TAX_RATES = frozenset(map(Decimal, (0, 3, 8, 14, 17)))

_AVAILABILITY = {
    "in_stock": "in stock",
    "out_of_stock": "out of stock",
    "preorder": "preorder",
    "backorder": "backorder",
}


class LetzshopFeedFormat:
    """One tab-separated file per language, UTF-8, one line per product or variant."""

    columns: ClassVar[tuple[str, ...]] = (
        "id",
        "title",
        "description",
        "link",
        "image_link",
        "additional_image_link",
        "availability",
        "price",
        "sale_price",
        "brand",
        "gtin",
        "mpn",
        "identifier_exists",
        "google_product_category",
        "product_type",
        "item_group_id",
        "color",
        "size",
        "gender",
        "age_group",
        "adult",
        "atalanda:tax_rate",
        "atalanda:quantity",
        "atalanda:preorder_days",
        BOOST_SORT,
        DELIVERY_METHOD,
    )
    languages: ClassVar[tuple[str, ...]] = ("fr", "de", "en")
    delimiter: ClassVar[str] = "\t"
    media_type: ClassVar[str] = "text/tab-separated-values"
    currency: ClassVar[str] = "EUR"
    tax_rates: ClassVar[frozenset[Decimal]] = TAX_RATES
    channel_columns: ClassVar[ChannelColumns] = LETZSHOP_COLUMNS

    def filename(self, code: str) -> str:
        """As Letzshop's merchants know it."""
        return f"{code}_letzshop_export.csv"

    def row(self, product: ProductData) -> Sequence[str]:
        """The cells of one line. Prices are gross, with a point and without a currency."""
        return (
            product.external_id,
            product.title,
            product.description,
            product.link,
            product.image_link,
            ",".join(product.additional_image_links),
            _AVAILABILITY.get(product.availability, ""),
            _money(product.price),
            _money(product.sale_price),
            product.brand,
            trade_number(product.gtin),
            product.mpn,
            "false" if product.identifier_exists is False else "",
            product.google_product_category,
            product.product_type,
            product.item_group_id,
            product.color,
            product.size,
            product.gender,
            product.age_group,
            _flag(product.adult),
            _percent(product.tax_rate),
            _whole(product.quantity),
            _whole(product.preorder_days),
            product.attributes.get(BOOST_SORT, ""),
            product.attributes.get(DELIVERY_METHOD, ""),
        )


def trade_number(canonical: str) -> str:
    """A canonical GTIN in the notation of trade: 8, 13 or 14 digits."""
    if canonical.startswith("000000"):
        return canonical[6:]
    return canonical[1:] if canonical.startswith("0") else canonical


def _money(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:.2f}"


def _whole(number: int | None) -> str:
    return "" if number is None else str(number)


def _percent(rate: Decimal | None) -> str:
    """Letzshop reads whole percents only; another rate is left to its default."""
    return str(int(rate)) if rate is not None and rate in TAX_RATES else ""


def _flag(value: bool | None) -> str:
    return "" if value is None else str(value).lower()
