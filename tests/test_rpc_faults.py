"""Whatever a marketplace answers, a program that imports over XML-RPC gets a plain result."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox import LetzshopSandbox
from sandbox.http.wire_faults import REPLACING, WIRE_FAULTS
from sandbox.letzshop.api.answer_faults import ANSWER_FAULTS
from tests.support.protocols import Caller, assert_plain, assert_sentence
from tests.support.shop import Shop

#: What a kind needs to strike at all, or to be over soon.
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "status": [{"status": status} for status in (401, 403, 404, 422, 429, 500, 503)],
    "hang": [{"seconds": 0.05}],
    "drip": [{"seconds": 0.05}],
    "latency": [{"ms": 20}],
    "big_body": [{"bytes": 1000}],
    "unknown_enum": [{"where": where} for where in ("shipment", "unit", "parser")],
    "money": [{"shape": shape} for shape in ("number", "code", "sign", "french", "german")],
}
FAULTS = [
    (kind.name, {**options, **when})
    for kind in (*WIRE_FAULTS, *ANSWER_FAULTS)
    for options in OPTIONS.get(kind.name, [{}])
    for when in ([{"when": "before"}, {"when": "after"}] if kind.name in REPLACING else [{}])
]
#: Strike in changes only, which an import makes none of.
HARMLESS = {"null_payload", "payload_errors"}


@pytest.fixture(scope="module")
def letzshop() -> Iterator[LetzshopSandbox]:
    with LetzshopSandbox(orders=0, history=0) as sandbox:
        sandbox.control.add_orders(3)
        yield sandbox


@pytest.fixture(scope="module")
def channel(shop: Shop, letzshop: LetzshopSandbox) -> Iterator[int]:
    """A channel of one's own: the faults meet no other test."""
    manager = shop.caller("xmlrpc")
    values = {"name": "Faulty", "marketplace": "letzshop", "api_endpoint": letzshop.endpoint}
    made = manager.create("orion.channel", values)
    manager.call("orion.channel", "set_credentials", [made], api_key=letzshop.api_key)
    yield made
    manager.call("orion.channel", "write", [made], vals={"active": False})


@pytest.mark.parametrize(("kind", "options"), FAULTS)
def test_a_fault_is_a_plain_result(
    shop: Shop, channel: int, letzshop: LetzshopSandbox, kind: str, options: dict[str, Any]
) -> None:
    caller = shop.caller("xmlrpc")
    # an order that is new, so that its data are read, whatever was imported before
    letzshop.control.add_orders(1)
    letzshop.control.arm(kind, times=None, **options)
    try:
        result = caller.call("orion.channel", "import_orders", [channel])
    finally:
        letzshop.control.clear_faults()
    assert_plain(result)
    assert_sentence(result["message"])
    if kind in HARMLESS:
        assert result["success"], result
    _assert_readable(caller, channel)


def _assert_readable(caller: Caller, channel: int) -> None:
    """What was kept of the run, and of the orders, is read over XML-RPC too."""
    domain = [("channel_id", "=", channel)]
    (log,) = caller.call(
        "orion.sync.log",
        "search_read",
        domain=domain,
        fields=["error_details", "counts", "parameters", "state_data"],
        limit=1,
    )
    assert_plain(log)
    payloads = caller.call(
        "orion.order.payload", "search_read", domain=domain, fields=["payload"], limit=3
    )
    assert_plain(payloads)


def test_errors_as_rubys_graphql_answers_them(
    shop: Shop, channel: int, letzshop: LetzshopSandbox
) -> None:
    """An error without `extensions`, hence without a code."""
    letzshop.control.arm("errors_with_data", times=None, message="partial")
    try:
        result = shop.caller("xmlrpc").call("orion.channel", "import_orders", [channel])
    finally:
        letzshop.control.clear_faults()
    assert result["success"] is False
    assert result["errors"][0]["errors"] == [{"message": "partial", "path": []}]
