"""Products as lines of `COPY`, for the staging table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from hashlib import blake2b
from itertools import repeat
from typing import Any

from .product_table import ProductTable

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
_CONTENT = ("external_id", "title", "description", *PLAIN_COLUMNS, *JSON_COLUMNS)
COPY_COLUMNS = ("product_id", "row_digest", "digest", *_CONTENT)

#: Types of the temporary table where they are not text.
TYPES = {
    "product_id": "integer",
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
#: Stands between the cells of a row that is digested: the only character no cell can contain.
_SEPARATOR = "\x00"
_encode = json.JSONEncoder(ensure_ascii=False).encode


def copy_text(
    table: ProductTable,
    row_digests: Sequence[str] | None = None,
    product_ids: Sequence[int | None] | None = None,
) -> io.StringIO:
    """What `COPY` reads: CSV in the order of `COPY_COLUMNS`; what is empty is NULL.

    :param row_digests: of the rows as they stand in the file; None: they come from no file.
    :param product_ids: of the products that are staged already.
    """
    columns = [_as_texts(name, table) for name in _CONTENT]
    digests = [digest_of(row) for row in zip(*columns, strict=True)]
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(
        zip(
            product_ids or repeat(None, table.count),
            row_digests or repeat("", table.count),
            digests,
            *columns,
            strict=True,
        )
    )
    buffer.seek(0)
    return buffer


def content_digests(table: ProductTable) -> list[str]:
    """A digest of each product: equal for equal products, whatever the feed's columns are."""
    return list(map(digest_of, zip(*(_as_texts(name, table) for name in _CONTENT), strict=True)))


def digest_of(cells: Sequence[str], key: bytes = b"") -> str:
    """The digest of a row.

    :param key: what the meaning of the cells depends on, at most 64 bytes.
    """
    text = _SEPARATOR.join(cells).encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=16, key=key).hexdigest()


def _as_texts(name: str, table: ProductTable) -> Sequence[str]:
    if name == "attributes":
        return table.attributes.texts()
    values: Sequence[Any] | None = table.columns.get(name)
    if values is None:
        return [""] * table.count
    if name in JSON_COLUMNS:
        return [_encode(value) if value else "" for value in values]
    if name in _NOT_TEXT:
        return ["" if value is None else str(value) for value in values]
    return values


_NOT_TEXT = frozenset(TYPES) - frozenset(JSON_COLUMNS) | {"currency"}
