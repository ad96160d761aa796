"""Products as lines of `COPY`, for the staging table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

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
COPY_COLUMNS = ("external_id", "digest", "title", "description", *PLAIN_COLUMNS, *JSON_COLUMNS)

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


def copy_lines(products: Iterable[ProductData]) -> io.StringIO:
    """The products as CSV in the order of `COPY_COLUMNS`; what is empty is NULL."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows(_line(product) for product in products)
    buffer.seek(0)
    return buffer


def _line(product: ProductData) -> list[Any]:
    return [
        product.external_id,
        product.digest,
        product.title,
        product.description,
        *(getattr(product, name) for name in PLAIN_COLUMNS),
        _json(list(product.additional_image_links)),
        _json(list(product.regions)),
        _json(dict(product.attributes)),
    ]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if value else ""
