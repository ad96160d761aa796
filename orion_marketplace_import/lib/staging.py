"""Products as lines of `COPY`, for the staging table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from hashlib import blake2b
from operator import attrgetter
from typing import NamedTuple

from .product_data import ProductData

#: Fields of `ProductData` that are columns of the same name in the staging table.
PLAIN_COLUMNS = (
    "link",
    "image_link",
    "price",
    "sale_price",
    "currency",
    "availability",
    "condition",
    "brand",
    "gtin",
    "gtin_given",
    "mpn",
    "identifier_exists",
    "product_type",
    "google_product_category",
    "item_group_id",
    "color",
    "size",
    "gender",
    "age_group",
    "material",
    "pattern",
    "adult",
    "tax_rate",
    "quantity",
    "preorder_days",
    "weight",
    "is_digital",
    "platform",
)
#: Those that are kept as JSON.
JSON_COLUMNS = ("additional_image_links", "regions", "attributes")
COPY_COLUMNS = ("digest", "external_id", "title", "description", *PLAIN_COLUMNS, *JSON_COLUMNS)

#: Types of the temporary table where they are not text.
TYPES = {
    "price": "numeric",
    "sale_price": "numeric",
    "tax_rate": "numeric",
    "weight": "numeric",
    "quantity": "integer",
    "preorder_days": "integer",
    "identifier_exists": "boolean",
    "adult": "boolean",
    "is_digital": "boolean",
    "additional_image_links": "jsonb",
    "regions": "jsonb",
    "attributes": "jsonb",
}


_plain_values = attrgetter("external_id", "title", "description", *PLAIN_COLUMNS)
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


class StagedLine(NamedTuple):
    """A product as it is copied.

    :param digest: of the line: equal for equal products, whatever the order of the feed's columns.
    :param line: CSV in the order of `COPY_COLUMNS` behind the digest; what is empty is NULL.
    """

    external_id: str
    digest: str
    line: str


def staged_lines(products: Iterable[ProductData]) -> list[StagedLine]:
    """The products as lines, in their order."""
    buffer, lines = io.StringIO(), []
    writer = csv.writer(buffer, lineterminator="\n")
    for product in products:
        writer.writerow(
            (
                *_plain_values(product),
                _json(product.additional_image_links),
                _json(product.regions),
                _encode(dict(product.attributes)) if product.attributes else "",
            )
        )
        line = buffer.getvalue()
        lines.append(StagedLine(product.external_id, _digest(line), line))
        buffer.seek(0)
        buffer.truncate()
    return lines


def copy_text(lines: Iterable[StagedLine]) -> io.StringIO:
    """What `COPY` reads."""
    return io.StringIO("".join(f"{each.digest},{each.line}" for each in lines))


def _digest(line: str) -> str:
    return blake2b(line.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _json(values: tuple[str, ...]) -> str:
    return _encode(values) if values else ""
