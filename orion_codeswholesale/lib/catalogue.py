"""Products of CodesWholesale as staged rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from odoo.addons.orion_base.lib.gtin import canonical_gtin
from odoo.addons.orion_base.lib.sentence import Sentence, Sentences
from odoo.addons.orion_digital_keys.lib.keys_adapter import PriceBand, unit_price
from odoo.addons.orion_marketplace_import.lib.product_data import ProductData

from .answers import CURRENCY, amount_of, moment_of, number_of, records_of, text_of, texts_of

_lt = Sentences(__name__)

#: Attributes of a staged row that are CodesWholesale's own.
BANDS, LANGUAGES, RELEASED = "price_bands", "languages", "release_date"
_BAND = re.compile(r"(\d+)(?:-(\d+)|\+)=([0-9.]+)")
_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class ItemProblem:
    """An item that cannot be staged.

    :param external_id: as far as it has one.
    """

    external_id: str
    message: Sentence


@dataclass(frozen=True, slots=True)
class MappedPage:
    """What a page holds.

    :param withdrawn: ids of products that have left the price list.
    """

    products: list[ProductData]
    withdrawn: list[str]
    problems: list[ItemProblem]


def map_page(items: Iterable[Any], now: datetime) -> MappedPage:
    """Products, those that are gone, and what nobody can read; of an id the last one counts."""
    products: dict[str, ProductData] = {}
    withdrawn: dict[str, None] = {}
    problems: list[ItemProblem] = []
    for item in items:
        record = item if isinstance(item, dict) else {}
        external_id, name = text_of(record, "productId"), text_of(record, "name")
        if not external_id or not name:
            problems.append(ItemProblem(external_id, _lt("A product without id or name.")))
            continue
        found = bands_of(record)
        if found:
            products[external_id] = map_product(record, found, now)
            withdrawn.pop(external_id, None)
        else:
            # nothing can be bought without a price: it has left the list
            withdrawn[external_id] = None
            products.pop(external_id, None)
    return MappedPage(list(products.values()), list(withdrawn), problems)


def map_product(
    record: Mapping[str, Any], bands: tuple[PriceBand, ...], now: datetime
) -> ProductData:
    """A product of the price list; its price is what a single piece costs."""
    quantity = max(0, number_of(record, "quantity") or 0)
    released = moment_of(record, "releaseDate")
    attributes = {
        BANDS: bands_text(bands),
        LANGUAGES: ", ".join(texts_of(record, "languages")),
        RELEASED: released.date().isoformat() if released else "",
    }
    return ProductData(
        external_id=text_of(record, "productId"),
        title=text_of(record, "name"),
        language="en",
        image_link=_image(record),
        price=unit_price(bands, 1),
        currency=CURRENCY,
        availability=_availability(quantity, released, now),
        condition="new",
        mpn=text_of(record, "identifier"),
        quantity=quantity,
        is_digital=True,
        platform=text_of(record, "platform"),
        regions=texts_of(record, "regions"),
        attributes={name: value for name, value in attributes.items() if value},
    )


def bands_of(record: Mapping[str, Any]) -> tuple[PriceBand, ...]:
    """The price bands, by quantity; what makes no sense is left out."""
    bands = []
    for band in records_of(record, "prices"):
        first, price = number_of(band, "from"), amount_of(band, "value")
        if first is not None and price is not None and price > 0:
            last = number_of(band, "to")
            last = last if last and last >= first else None
            bands.append(PriceBand(max(1, first), last, price))
    return tuple(sorted(bands, key=lambda band: band.from_quantity))


def bands_text(bands: Iterable[PriceBand]) -> str:
    """Bands as they are kept and shown: ``1-9=5.30; 10+=5.20``."""
    return "; ".join(
        f"{band.from_quantity}{f'-{band.to_quantity}' if band.to_quantity is not None else '+'}"
        f"={band.price:.2f}"
        for band in bands
    )


def read_bands(text: str) -> tuple[PriceBand, ...]:
    """What `bands_text` wrote."""
    return tuple(
        PriceBand(int(first), int(last) if last else None, Decimal(price))
        for first, last, price in _BAND.findall(text or "")
    )


def is_released(released: datetime | None, now: datetime) -> bool:
    """Whether a product is out; one without a date is."""
    return released is None or released <= now


@dataclass(frozen=True, slots=True)
class Description:
    """Texts and article numbers of a product.

    :param gtin: canonical, of the first number that is valid; empty for none.
    :param text: without mark-up.
    """

    text: str
    gtin: str
    category: str
    developer: str
    age_rating: str


def map_description(record: Mapping[str, Any]) -> Description:
    """A product's description."""
    sheets = (text_of(sheet, "description") for sheet in records_of(record, "factSheets"))
    gtins = filter(None, map(canonical_gtin, texts_of(record, "eans")))
    return Description(
        text=_plain(next(filter(None, sheets), "")),
        gtin=next(gtins, ""),
        category=text_of(record, "category"),
        developer=text_of(record, "developerName"),
        age_rating=text_of(record, "pegirating"),
    )


def _availability(quantity: int, released: datetime | None, now: datetime) -> str:
    if not is_released(released, now):
        return "preorder"
    return "in_stock" if quantity else "out_of_stock"


def _image(record: Mapping[str, Any]) -> str:
    images = records_of(record, "images")
    return next(filter(None, (text_of(image, "image") for image in images)), "")


def _plain(text: str) -> str:
    return re.sub(r"[ \t]+", " ", _TAG.sub(" ", text)).strip()


def utc_now() -> datetime:
    """The time."""
    return datetime.now(timezone.utc)
