"""What a marketplace says differently of a line that it has told before."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from .order_data import OrderLineData

#: What a line's product is known by: read anew while nobody knows the product.
IDENTITY = frozenset({"name", "gtin", "sku"})


def plain_number(number: Decimal | float) -> str:
    """A number as it is written, of six decimals at most, without trailing zeros: "12.5"."""
    exact = round(number if isinstance(number, Decimal) else Decimal(str(number)), 6)
    return format(exact.normalize() + 0, "f")


def said_of(line: OrderLineData) -> dict[str, str]:
    """What the marketplace says of a line: name, gtin, sku, price and quantity as text.

    What it leaves out is absent. Pieces that are decided one by one are counted by their states,
    so a line that has any says no quantity.
    """
    said = {
        "name": line.name.strip(),
        "gtin": line.gtin.strip(),
        "sku": line.sku.strip(),
        "price": plain_number(line.price_unit),
        "quantity": "" if line.pieces else plain_number(line.quantity),
    }
    return {key: value for key, value in said.items() if value}


def differences(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """What has changed, as `{key: (before, now)}`; what is said no more has not."""
    return {
        key: (before.get(key, ""), value)
        for key, value in now.items()
        if value != before.get(key, "")
    }
