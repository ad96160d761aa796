"""A second kind of marketplace that takes stock: the sandbox's API of single quantities.

For Odoo processes of the tests only: no addon knows it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from odoo.addons.orion_base.lib.connection import ChannelConnection
from odoo.addons.orion_base.lib.errors import OrionError, Rejected
from odoo.addons.orion_inventory_sync.lib.stock_adapter import ROLE, PushingAdapter, StockLevel

#: Kept in the channel's name, so that no secret is needed.
KEY = "stock-demo-key-77d1"


class Look:
    """When a worker of this process last began to look at the stock, for the tests."""

    at: ClassVar[float] = 0.0


class GenericStock(PushingAdapter):
    """Absolute quantities with versions, fifty a request."""

    batch_size: ClassVar[int] = 50
    can_read: ClassVar[bool] = True

    def __init__(self, connection: ChannelConnection) -> None:
        self._http = connection.http
        self._url = connection.endpoint
        self._headers = {"Authorization": f"Bearer {KEY}"}

    def push_levels(self, levels: Sequence[StockLevel]) -> Mapping[str, OrionError]:
        body = {
            "levels": [
                {
                    "sku": level.sku,
                    "quantity": level.quantity,
                    "version": level.version,
                    "as_of": Look.at,
                }
                for level in levels
            ]
        }
        answer = self._http.request("PUT", self._url, json=body, headers=self._headers).json()
        return {
            result["sku"]: Rejected(f"{result['code']}: {result['message']}")
            for result in answer["results"]
            if result["status"] != "stored"
        }

    def read_levels(self, skus: Sequence[str]) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for start in range(0, len(skus), 100):
            answer = self._http.request(
                "GET",
                self._url,
                params={"skus": ",".join(skus[start : start + 100])},
                headers=self._headers,
            ).json()
            found.update({level["sku"]: level["quantity"] for level in answer["levels"]})
        return found


def play(registry: Any) -> None:
    """Let channels of the storefront take stock, in this process."""
    channels, operations = registry["orion.channel"], registry["orion.operation"]
    adapter_class = channels._adapter_class
    refresh = operations._refresh_payloads

    def played(self: Any, role: str) -> Any:
        if role == ROLE and self.marketplace == "storefront":
            return GenericStock
        return adapter_class(self, role)

    def looking(self: Any) -> Any:
        Look.at = time.time()
        return refresh(self)

    channels._adapter_class = played
    operations._refresh_payloads = looking
