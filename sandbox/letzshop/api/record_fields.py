"""Fields that are read straight off the records."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Resolver = Callable[..., Any]

#: Types whose objects are our records.
RECORD_TYPES = (
    "Shipment",
    "InventoryUnit",
    "Tracking",
    "Order",
    "Address",
    "Country",
    "Variant",
    "TradeId",
    "Product",
    "TranslatedString",
    "Brand",
    "BrandUnknown",
    "Greco",
    "Colissimo",
    "XpressLogistics",
    "MutationError",
    "ShipmentConnection",
    "ProductConnection",
    "PageInfo",
)
#: Fields that are not named like the record's attribute.
RENAMED = {"_brand": "brand", "_age_restriction": "age_limit"}


def attribute_resolver(field_name: str) -> Resolver:
    """Reads the attribute that a field shows."""
    snake = re.sub(r"(?<!^)([A-Z])", r"_\1", field_name).lower()
    attribute = RENAMED.get(field_name, snake)

    def resolve(source: Any, _info: object) -> Any:
        return getattr(source, attribute)

    return resolve
