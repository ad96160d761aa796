"""Retrying and cancelling operations, over XML-RPC and over JSON-2."""

from __future__ import annotations

import time

from tests.support.protocols import Caller
from tests.support.shop import Shop


def test_a_refused_operation_is_retried_and_cancelled(
    shop: Shop, clerk: Caller, manager: Caller
) -> None:
    (order,) = shop.new_orders()
    shop.sandbox.control(
        "POST", "faults", kind="payload_errors", operation="confirmInventoryUnits", times=1
    )
    result = clerk.call("sale.order", "orion_confirm", [order.id])
    assert shop.settle(result["operation_ids"]) == ["failed"]
    shop.sandbox.control("DELETE", "faults")
    assert manager.call(
        "orion.operation", "retry", result["operation_ids"], reason="Once more"
    ) == {"retried": 1}
    assert shop.settle(result["operation_ids"]) == ["completed"]


def test_a_waiting_operation_is_cancelled(shop: Shop, clerk: Caller, manager: Caller) -> None:
    (order,) = shop.new_orders()
    shop.sandbox.control(
        "POST", "faults", kind="status", status=429, retry_after=600, times=1,
        operation="confirmInventoryUnits",
    )  # fmt: skip
    (operation,) = clerk.call("sale.order", "orion_confirm", [order.id])["operation_ids"]
    wait_for_deferral(manager, operation)
    cancelled = manager.call("orion.operation", "cancel", [operation], reason="Changed our mind")
    assert cancelled == {"cancelled": 1}
    shop.sandbox.control("DELETE", "faults")
    assert manager.call("orion.channel", "test_connection", [shop.channel])[0]["success"]
    assert shop.settle([operation]) == ["cancelled"]
    fresh = clerk.call("sale.order", "orion_confirm", [order.id])
    assert shop.settle(fresh["operation_ids"]) == ["completed"]


def wait_for_deferral(caller: Caller, operation: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        (row,) = caller.call("orion.operation", "read", [operation], fields=["status", "deferrals"])
        if row["deferrals"] and row["status"] == "pending":
            return
        assert time.monotonic() < deadline, row
        time.sleep(0.2)
