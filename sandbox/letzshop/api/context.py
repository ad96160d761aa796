"""What resolvers know of the request."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from ...http.fault import Fault
from ..records.access_key import AccessKey
from ..settings import Settings
from ..shop import Shop
from .money_shapes import in_shape


class Context:
    """One request's key and faults, and the shop.

    :param key: None for an anonymous request.
    """

    __slots__ = ("_enum_left", "faults", "key", "settings", "shop")

    def __init__(
        self, shop: Shop, settings: Settings, key: AccessKey | None, faults: Mapping[str, Fault]
    ) -> None:
        self.shop = shop
        self.settings = settings
        self.key = key
        self.faults = faults
        unknown = faults.get("unknown_enum")
        self._enum_left = int(unknown.number("count", 1)) if unknown else 0

    def money(self, amount: Decimal, currency: str) -> str | int | float:
        """An amount on the wire."""
        fault = self.faults.get("money")
        shape = "plain" if fault is None else fault.text("shape", "number")
        return in_shape(shape, amount, currency)

    def enum(self, where: str, value: str | None) -> str | None:
        """A value of an enum on the wire."""
        if not self._enum_left:
            return value
        fault = self.faults["unknown_enum"]
        if fault.text("where", "shipment") != where:
            return value
        self._enum_left -= 1
        return fault.text("value", "brand_new")
