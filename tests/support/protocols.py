"""XML-RPC and JSON-2 behind one face, so that a test says once what holds for both."""

from __future__ import annotations

import re
import xmlrpc.client
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from tools.rpc import Json2Client, JsonError, XmlRpcClient

WRONG_USE = "wrong use"
NO_ACCESS = "no access"
NOT_THERE = "not there"

#: How a time is answered.
ISO = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
#: The ten statuses of an order.
STATUSES = {
    "pending",
    "confirmed",
    "processing",
    "ready_for_shipment",
    "shipped",
    "delivered",
    "fulfilled",
    "cancelled",
    "refunded",
    "partially_refunded",
}  # fmt: skip

_OF_FAULT = {2: WRONG_USE, 3: NO_ACCESS, 4: NO_ACCESS}
_OF_STATUS = {401: NO_ACCESS, 403: NO_ACCESS, 404: NOT_THERE, 422: WRONG_USE}


class Refused(Exception):
    """Odoo's no.

    :ivar kind: WRONG_USE, NO_ACCESS or NOT_THERE; else what the protocol said.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message


class Caller(Protocol):
    """Calls public methods with keyword arguments."""

    def call(self, model: str, method: str, ids: Sequence[int] | None = None, **named: Any) -> Any:
        """Call it; `ids` only for methods of records. Raises `Refused`."""
        ...

    def create(self, model: str, values: dict[str, Any]) -> int:
        """Create a record; its id."""
        ...


class OverXmlRpc:
    """Over XML-RPC, with a password."""

    def __init__(self, url: str, database: str, login: str) -> None:
        self._client = XmlRpcClient(url, database, login)

    def call(self, model: str, method: str, ids: Sequence[int] | None = None, **named: Any) -> Any:
        """See `Caller`."""
        return _over_xml_rpc(lambda: self._client.call(model, method, ids, **named))

    def create(self, model: str, values: dict[str, Any]) -> int:
        """See `Caller`."""
        (new_id,) = _over_xml_rpc(lambda: self._client.create(model, [values]))
        return int(new_id)


def _over_xml_rpc(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except xmlrpc.client.Fault as fault:
        kind = _OF_FAULT.get(fault.faultCode, str(fault.faultCode))
        raise Refused(kind, fault.faultString) from fault


class OverJson2:
    """Over JSON-2, with an API key."""

    def __init__(self, url: str, database: str, key: str) -> None:
        self._client = Json2Client(url, database, key)

    def call(self, model: str, method: str, ids: Sequence[int] | None = None, **named: Any) -> Any:
        """See `Caller`."""
        try:
            return self._client.call(model, method, ids, **named)
        except JsonError as error:
            raise Refused(_OF_STATUS.get(error.status, str(error.status)), str(error)) from error

    def create(self, model: str, values: dict[str, Any]) -> int:
        """See `Caller`."""
        (new_id,) = self.call(model, "create", vals_list=[values])
        return int(new_id)


def refusal(caller: Caller, model: str, method: str, *ids: Any, **named: Any) -> Refused:
    """How Odoo refuses a call; fails when it does not."""
    try:
        caller.call(model, method, *ids, **named)
    except Refused as refused:
        return refused
    raise AssertionError(f"{model}.{method} was not refused")


def assert_plain(value: object) -> None:
    """Only what every protocol carries: no None, no dict keyed by a number."""
    if isinstance(value, dict):
        for key, item in value.items():
            assert isinstance(key, str), f"key {key!r}"
            assert_plain(item)
    elif isinstance(value, list):
        for item in value:
            assert_plain(item)
    else:
        assert isinstance(value, (bool, int, float, str)), f"{value!r}"


def assert_sentence(text: str) -> None:
    """Something a person can read, and not a traceback."""
    assert "Traceback" not in text
    assert " " in text.strip()
    assert text.strip().endswith((".", ")", "?")), text
