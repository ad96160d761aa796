"""Letzshop in the role `stock`, in the ways that a channel may choose."""

from __future__ import annotations

import csv
import io
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from typing import ClassVar

from odoo.addons.orion_base.lib.connection import ChannelConnection
from odoo.addons.orion_base.lib.errors import OrionError, Rejected, Unauthorised
from odoo.addons.orion_base.lib.sentence import Sentences
from odoo.addons.orion_inventory_sync.lib.stock_adapter import PushingAdapter, StockLevel
from odoo.addons.orion_marketplace_import.lib.feed_writer import safe_text

from .client import LetzshopClient
from .sftp_drop import SftpDrop

_lt = Sentences(__name__)
#: Name of the secret that opens the place for files.
OPENS_DROP = "stock_password"
#: What in an address becomes the time, so that no file overwrites one that was not read yet.
TIME = "{time}"


def _now() -> datetime:
    return datetime.now(timezone.utc)


def stock_csv(levels: Sequence[StockLevel]) -> bytes:
    """The file that is put in the configured place: columns `sku` and `quantity`."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(("sku", "quantity"))
    writer.writerows((safe_text(level.sku), level.quantity) for level in levels)
    return buffer.getvalue().encode()


class FeedStock(PushingAdapter):
    """Letzshop fetches the product feed, which holds the quantities."""

    is_fetched: ClassVar[bool] = True

    def __init__(self, connection: object) -> None:
        del connection


class _FileStock(PushingAdapter):
    """Files with what has changed, each under a name of its own, at a place of the merchant's."""

    elsewhere: ClassVar[bool] = True

    def __init__(self, connection: ChannelConnection, clock: Callable[[], datetime] = _now) -> None:
        self._connection = connection
        self._clock = clock
        settings = connection.settings
        self._address = str(settings.get("stock_address") or "")
        self._user = str(settings.get("stock_user") or "")
        self._password = connection.secrets.get(OPENS_DROP) or ""
        if not self._address:
            raise Rejected(
                _lt("The channel has no address for stock files. Enter it in its tab Inventory.")
            )

    def push_levels(self, levels: Sequence[StockLevel]) -> Mapping[str, OrionError]:
        """One file; it is there as a whole or not at all."""
        moment = f"{self._clock():%Y%m%dT%H%M%S%fZ}"
        self._put(self._address.replace(TIME, moment), stock_csv(levels))
        return {}

    def _put(self, address: str, content: bytes) -> None:
        raise TypeError(f"{type(self).__name__} cannot put {len(content)} bytes at {address}")


class HttpStock(_FileStock):
    """Files put by HTTP."""

    def _put(self, address: str, content: bytes) -> None:
        headers = {"Content-Type": "text/csv; charset=utf-8"}
        if self._user:
            pair = b64encode(f"{self._user}:{self._password}".encode()).decode()
            self._connection.http.hide(pair)
            headers["Authorization"] = f"Basic {pair}"
        try:
            self._connection.http.request("PUT", address, data=content, headers=headers)
        except Unauthorised as error:
            # the place for files is no part of Letzshop: its orders go on
            raise Rejected(
                _lt("The place for stock files refused user or password. Correct them."),
                details=error.details,
            ) from None


class SftpStock(_FileStock):
    """Files put by SFTP; the server proves who it is by its key."""

    def _put(self, address: str, content: bytes) -> None:
        host_key = str(self._connection.settings.get("stock_host_key") or "")
        self._connection.http.take_turn()
        SftpDrop(address, self._user, self._password, host_key).put(content)


class GraphQLStock(PushingAdapter):
    """The mutation that the documents name. Nothing public shows that Letzshop has it."""

    batch_size: ClassVar[int] = 100

    def __init__(self, connection: ChannelConnection) -> None:
        self._client = LetzshopClient(connection)

    def push_levels(self, levels: Sequence[StockLevel]) -> Mapping[str, OrionError]:
        """One mutation for all levels."""
        errors = self._client.update_inventory({level.sku: level.quantity for level in levels})
        return {sku: Rejected(message) for sku, message in errors.items()}


#: Adapters by the words of the channel's setting.
WAYS: Mapping[str, type[PushingAdapter]] = {
    "feed": FeedStock,
    "sftp": SftpStock,
    "http": HttpStock,
    "graphql": GraphQLStock,
}
