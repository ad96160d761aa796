"""Every public method of channels, orders and operations, over XML-RPC and over JSON-2."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import shop as shops
from tests.support.protocols import (
    NO_ACCESS,
    NOT_THERE,
    WRONG_USE,
    Caller,
    OverJson2,
    OverXmlRpc,
    Refused,
    assert_plain,
    assert_sentence,
)
from tests.support.shop import CLERK, MANAGER, NOBODY, PROTOCOLS, STRANGER, Shop
from tests.support.stage import Stage

ISO = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
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
#: Where an accepted order is until it is packed; with goods in stock they are reserved at once.
ACCEPTED = {"confirmed", "processing"}
OPERATION_STATES = {"pending", "processing", "completed", "failed", "unknown", "cancelled"}
SYNC_KEYS = {
    "channel_id",
    "api_key_masked",
    "api_endpoint",
    "auto_sync_enabled",
    "sync_interval_minutes",
    "last_sync_at",
    "last_sync_status",
    "last_sync_error",
}  # fmt: skip
CREDENTIALS_KEYS = SYNC_KEYS | {"id", "store_id", "created_at", "updated_at"}
STATUS_KEYS = SYNC_KEYS | {
    "name",
    "marketplace",
    "store_id",
    "state",
    "is_configured",
    "is_connected",
    "orders",
    "exceptions",
    "operations",
}  # fmt: skip
IMPORT_KEYS = {
    "success",
    "message",
    "orders_imported",
    "orders_updated",
    "orders_unchanged",
    "orders_failed",
    "errors",
}  # fmt: skip
#: The documents' order response, `sync_status` and all.
ORDER_KEYS = {
    "id",
    "store_id",
    "letzshop_order_id",
    "letzshop_shipment_id",
    "letzshop_order_number",
    "letzshop_state",
    "customer_email",
    "customer_name",
    "total_amount",
    "currency",
    "sync_status",
    "inventory_units",
    "created_at",
    "updated_at",
}  # fmt: skip

#: (model, method, arguments) that only a Manager may call.
MANAGERS_ONLY: list[tuple[str, str, dict[str, Any]]] = [
    ("orion.channel", "set_credentials", {"api_key": "letz-another-key-00"}),
    ("orion.channel", "get_credentials", {}),
    ("orion.channel", "clear_credentials", {}),
    ("orion.channel", "test_connection", {}),
    ("orion.operation", "retry", {"reason": "again"}),
    ("orion.operation", "cancel", {"reason": "no more"}),
]
USERS_TOO: list[tuple[str, str, dict[str, Any]]] = [
    ("orion.channel", "get_status", {}),
    ("orion.channel", "import_orders", {}),
    ("orion.channel", "import_history", {}),
    ("sale.order", "orion_confirm", {}),
    ("sale.order", "orion_reject", {"reason": "Sold out"}),
    ("sale.order", "orion_set_tracking", {"tracking_number": "T1", "tracking_carrier": "dhl"}),
    ("sale.order", "orion_mark_shipped", {"tracking_number": "T1"}),
    ("sale.order", "orion_set_status", {"status": "delivered", "reason": "Seen"}),
    ("sale.order", "orion_read", {}),
]
PRIVATE = [
    ("orion.channel", "_credentials_response"),
    ("orion.channel", "_adapter_settings"),
    ("orion.channel", "_test_with"),
    ("orion.channel", "_request_job"),
    ("orion.channel", "_job_order_import"),
    ("orion.credential", "_seal"),
    ("orion.credential", "_sample_ciphertext"),
    ("orion.credential", "_rotate_all"),
    ("orion.operation", "_enqueue"),
    ("orion.operation", "_record"),
    ("orion.engine", "_run_worker"),
    ("orion.order.importer", "_import_page"),
    ("sale.order", "_orion_decide"),
    ("sale.order", "_orion_change_status"),
    ("sale.order", "_orion_accepted"),
]


@pytest.fixture(scope="module")
def shop(stage: Stage) -> Iterator[Shop]:
    with shops.open_shop(stage) as opened:
        yield opened


@pytest.fixture(params=PROTOCOLS)
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def manager(shop: Shop, protocol: str) -> Caller:
    return shop.caller(protocol)


@pytest.fixture
def clerk(shop: Shop, protocol: str) -> Caller:
    return shop.caller(protocol, CLERK)


def refusal(caller: Caller, model: str, method: str, *ids: Any, **named: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        caller.call(model, method, *ids, **named)
    return caught.value


# --- channels ---


def test_credentials_are_set_shown_masked_and_cleared(shop: Shop, manager: Caller) -> None:
    secret = "letz-brand-new-key-0815"
    ids = [manager.create("orion.channel", {"name": "Second", "marketplace": "letzshop"})]

    assert manager.call("orion.channel", "set_credentials", ids, api_key=secret) == {
        "api_key_masked": "letz****"
    }
    (shown,) = manager.call("orion.channel", "get_credentials", ids)
    assert_plain(shown)
    assert shown.keys() == CREDENTIALS_KEYS
    assert shown["api_key_masked"] == "letz****"
    assert shown["api_endpoint"] == "https://letzshop.lu/graphql"
    assert (shown["auto_sync_enabled"], shown["sync_interval_minutes"]) == (False, 15)
    assert ISO.match(shown["created_at"])
    assert shown["last_sync_at"] is False
    assert secret not in str(shown)
    hidden = refusal(
        manager, "orion.credential", "read", [shown["id"]], fields=["secret_ciphertext"]
    )
    assert secret not in hidden.message

    assert manager.call("orion.channel", "clear_credentials", ids) is True
    (empty,) = manager.call("orion.channel", "get_credentials", ids)
    assert empty["api_key_masked"] is False


def test_secrets_by_name(manager: Caller) -> None:
    ids = [manager.create("orion.channel", {"name": "Third", "marketplace": "letzshop"})]
    result = manager.call(
        "orion.channel", "set_credentials", ids, values={"api_key": "letz-key-by-name-77"}
    )
    assert result == {"api_key_masked": "letz****"}


def test_a_connection_is_tested(shop: Shop, manager: Caller) -> None:
    (result,) = manager.call("orion.channel", "test_connection", [shop.channel])
    assert_plain(result)
    assert result.keys() == {"success", "message", "response_time_ms"}
    assert result["success"] is True
    assert result["response_time_ms"] >= 0


def test_a_key_is_tested_and_not_kept(shop: Shop, manager: Caller) -> None:
    tested = {"marketplace": "letzshop", "api_endpoint": shop.sandbox.endpoint}
    before = manager.call("orion.credential", "search_count", domain=[])
    good = manager.call("orion.channel", "test_api_key", api_key=shop.sandbox.api_key, **tested)
    bad = manager.call("orion.channel", "test_api_key", api_key="letz-wrong-key-1234", **tested)
    assert good["success"] is True
    assert bad["success"] is False
    assert_sentence(bad["message"])
    assert "letz-wrong" not in bad["message"]
    assert manager.call("orion.credential", "search_count", domain=[]) == before


def test_status_of_several_channels_in_order_of_ids(shop: Shop, clerk: Caller) -> None:
    ids = clerk.call("orion.channel", "search", domain=[], order="id desc")
    result = clerk.call("orion.channel", "get_status", ids)
    assert_plain(result)
    assert [status["channel_id"] for status in result] == ids
    mine = next(status for status in result if status["channel_id"] == shop.channel)
    assert mine.keys() >= STATUS_KEYS
    assert mine["is_connected"] is True
    assert mine["orders"].keys() <= STATUSES
    assert sum(mine["orders"].values()) > 0
    assert mine["operations"].keys() == OPERATION_STATES


def test_orders_are_imported_once(shop: Shop, clerk: Caller) -> None:
    shipments = shop.sandbox.control("POST", "orders", count=2)["shipments"]
    first = clerk.call("orion.channel", "import_orders", [shop.channel], external_ids=shipments)
    assert_plain(first)
    assert first.keys() == IMPORT_KEYS
    assert (first["success"], first["orders_imported"], first["errors"]) == (True, 2, [])
    again = clerk.call("orion.channel", "import_orders", [shop.channel], external_ids=shipments)
    assert again["orders_imported"] == 0
    domain = [("orion_external_id", "in", shipments)]
    assert clerk.call("sale.order", "search_count", domain=domain) == 2
    everything = clerk.call("orion.channel", "import_orders", [shop.channel])
    assert everything["success"] is True
    assert everything["orders_imported"] == 0


def test_an_unknown_order_is_an_error_of_its_own(shop: Shop, clerk: Caller) -> None:
    (shipment,) = shop.sandbox.control("POST", "orders", count=1)["shipments"]
    wanted = ["doesnotexist00", shipment]
    result = clerk.call("orion.channel", "import_orders", [shop.channel], external_ids=wanted)
    assert_plain(result)
    assert (result["orders_imported"], result["orders_failed"]) == (1, 1)
    (error,) = result["errors"]
    assert error["external_id"] == "doesnotexist00"
    assert_sentence(error["message"])


def test_a_failing_marketplace_is_a_result(shop: Shop, clerk: Caller, manager: Caller) -> None:
    shop.sandbox.control("POST", "faults", kind="status", status=401, times=None)
    result = clerk.call("orion.channel", "import_orders", [shop.channel])
    shop.sandbox.control("DELETE", "faults")
    assert_plain(result)
    assert result["success"] is False
    assert_sentence(result["message"])
    assert manager.call("orion.channel", "test_connection", [shop.channel])[0]["success"] is True


def test_history_runs_in_the_background(shop: Shop, clerk: Caller) -> None:
    result = clerk.call("orion.channel", "import_history", [shop.channel])
    assert result.keys() == {"log_id"}
    fields = ["operation_type", "direction", "status", "progress", "triggered_by"]
    deadline = time.monotonic() + 60
    while True:
        (log,) = clerk.call("orion.sync.log", "read", [result["log_id"]], fields=fields)
        if log["status"] not in {"pending", "running"}:
            break
        assert time.monotonic() < deadline, log
        time.sleep(0.2)
    assert (log["operation_type"], log["direction"]) == ("order_history", "inbound")
    assert (log["status"], log["progress"]) == ("success", 100)
    assert log["triggered_by"].startswith("user:")


# --- orders ---


def test_single_pieces_are_confirmed_and_the_rest_refused(shop: Shop, clerk: Caller) -> None:
    (order,) = shop.new_orders(lines=3)
    some = clerk.call(
        "sale.order", "orion_confirm", [order.id], inventory_unit_ids=list(order.units[:1])
    )
    assert_plain(some)
    assert some.keys() == {"success", "message", "operation_ids"}
    assert shop.settle(some["operation_ids"]) == ["completed"]
    rest = clerk.call("sale.order", "orion_reject", [order.id], reason="Sold out")
    assert shop.settle(rest["operation_ids"]) == ["completed"]
    (read,) = clerk.call("sale.order", "orion_read", [order.id])
    states = {unit["id"]: unit["state"] for unit in read["inventory_units"]}
    assert states == {
        order.units[0]: "confirmed_available",
        order.units[1]: "confirmed_unavailable",
        order.units[2]: "confirmed_unavailable",
    }
    assert read["status"] in ACCEPTED
    assert read["sync_status"] == "confirmed"


def test_the_same_decision_again_is_the_same_operation(shop: Shop, clerk: Caller) -> None:
    orders = shop.new_orders(2)
    ids = [order.id for order in orders]
    first = clerk.call("sale.order", "orion_confirm", ids)
    again = clerk.call("sale.order", "orion_confirm", ids)
    assert first["operation_ids"] == again["operation_ids"]
    assert len(first["operation_ids"]) == 2
    assert shop.settle(first["operation_ids"]) == ["completed"] * 2
    later = clerk.call("sale.order", "orion_confirm", ids)
    assert later["operation_ids"] == first["operation_ids"]
    for order in orders:
        effects = shop.sandbox.control("GET", f"effects?shipments={order.shipment}")["units"]
        assert {unit["confirmed"] for unit in effects.values()} == {1}


def test_tracking_is_told(shop: Shop, clerk: Caller) -> None:
    order = shop.accepted_order()
    arguments = {"tracking_number": "1Z999AA10123456784", "tracking_carrier": "ups"}
    result = clerk.call("sale.order", "orion_set_tracking", [order.id], **arguments)
    assert_plain(result)
    assert result.keys() == {"success", "message", "operation_ids"}
    assert shop.settle(result["operation_ids"]) == ["completed"]
    again = clerk.call("sale.order", "orion_set_tracking", [order.id], **arguments)
    assert again["operation_ids"] == result["operation_ids"]
    (read,) = clerk.call("sale.order", "orion_read", [order.id])
    assert read["tracking_number"] == "1Z999AA10123456784"
    assert (read["status"], read["sync_status"]) == ("shipped", "shipped")


def test_shipping_by_hand_stays_here(shop: Shop, clerk: Caller) -> None:
    order = shop.accepted_order(lines=2)
    (read,) = clerk.call("sale.order", "orion_read", [order.id])
    first = read["items"][0]
    part = clerk.call(
        "sale.order",
        "orion_mark_shipped",
        [order.id],
        lines=[{"line_id": first["id"], "quantity": 1}],
    )
    assert part.keys() == {"success", "message"}
    assert clerk.call("sale.order", "orion_read", [order.id])[0]["status"] in ACCEPTED
    clerk.call(
        "sale.order",
        "orion_mark_shipped",
        [order.id],
        tracking_number="T42",
        tracking_url="https://tracking.example.com/T42",
        shipping_carrier="ups",
    )
    (read,) = clerk.call("sale.order", "orion_read", [order.id])
    assert (read["status"], read["tracking_number"]) == ("shipped", "T42")
    assert ISO.match(read["shipped_at"])
    effects = shop.sandbox.control("GET", f"effects?shipments={order.shipment}")
    assert effects["shipments"] == {}


def test_a_status_is_set_along_its_transitions(shop: Shop, clerk: Caller) -> None:
    order = shop.accepted_order()
    for status in ("shipped", "delivered"):
        result = clerk.call(
            "sale.order", "orion_set_status", [order.id], status=status, reason="Seen"
        )
        assert_plain(result)
        assert result["success"] is True
    assert clerk.call("sale.order", "orion_read", [order.id])[0]["status"] == "delivered"


def test_orders_are_read_in_the_documents_words(shop: Shop, clerk: Caller) -> None:
    orders = shop.new_orders(2)
    ids = [orders[1].id, orders[0].id]
    result = clerk.call("sale.order", "orion_read", ids)
    assert_plain(result)
    assert [order["id"] for order in result] == ids
    for values, order in zip(result, reversed(orders), strict=True):
        assert values.keys() >= ORDER_KEYS
        assert values["letzshop_shipment_id"] == order.shipment
        assert re.fullmatch(r"\d+\.\d\d", values["total_amount"])
        assert values["total"] == float(values["total_amount"])
        assert values["currency"] == "EUR"
        assert {unit["id"] for unit in values["inventory_units"]} == set(order.units)
        assert {unit["state"] for unit in values["inventory_units"]} == {"unconfirmed"}
        assert (values["status"], values["sync_status"]) == ("pending", "pending")
        assert values["tracking_number"] is False
        assert ISO.match(values["ordered_at"])


def test_orders_are_counted(shop: Shop, clerk: Caller) -> None:
    shop.new_orders(1)
    result = clerk.call("sale.order", "orion_stats", channel_id=shop.channel)
    assert_plain(result)
    assert result.keys() == {"total", "by_status", "by_channel", "by_day"}
    assert result["by_status"].keys() == STATUSES
    assert sum(result["by_status"].values()) == result["total"] > 0
    assert result["by_channel"][0]["channel_id"] == shop.channel
    assert clerk.call("sale.order", "orion_stats")["total"] >= result["total"]
    company = clerk.call("orion.channel", "get_status", [shop.channel])[0]["store_id"]
    assert clerk.call("sale.order", "orion_stats", company_id=company)["total"] > 0


# --- operations ---


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


# --- wrong use ---


def test_wrong_use_of_channels_says_what_to_do(shop: Shop, manager: Caller) -> None:
    storefront = [manager.create("orion.channel", {"name": "Own", "marketplace": "storefront"})]
    key = {"marketplace": "letzshop", "api_key": "letz-wrong-key-1234"}
    wrong: list[tuple[str, list[int] | None, dict[str, Any]]] = [
        ("set_credentials", [shop.channel], {}),
        ("set_credentials", [shop.channel], {"api_key": "  "}),
        ("set_credentials", [shop.channel], {"values": {"api_key": 5}}),
        ("get_credentials", [987654321], {}),
        ("get_status", [987654321], {}),
        ("import_orders", [987654321], {}),
        ("import_orders", storefront, {}),
        ("import_history", storefront, {}),
        ("test_api_key", None, {**key, "marketplace": "nowhere"}),
        ("test_api_key", None, {**key, "api_endpoint": "ftp://example.com"}),
        ("test_api_key", None, {**key, "api_key": ""}),
    ]
    for method, ids, named in wrong:
        said = refusal(manager, "orion.channel", method, ids, **named)
        assert said.kind == WRONG_USE, (method, named, said)
        assert_sentence(said.message)


def test_wrong_use_of_orders_says_what_to_do(shop: Shop, clerk: Caller) -> None:
    (pending,) = shop.new_orders()
    own = shop.storefront_order
    wrong: list[tuple[str, int, dict[str, Any]]] = [
        ("orion_confirm", own, {}),
        ("orion_confirm", 987654321, {}),
        ("orion_confirm", pending.id, {"inventory_unit_ids": ["nosuchpiece000"]}),
        ("orion_reject", own, {"reason": "Sold out"}),
        ("orion_reject", pending.id, {}),
        ("orion_reject", pending.id, {"reason": "  "}),
        ("orion_reject", pending.id, {"reason": "x", "inventory_unit_ids": ["nosuchpiece000"]}),
        ("orion_set_tracking", pending.id, {"tracking_number": "T1"}),
        ("orion_set_tracking", pending.id, {"tracking_number": ""}),
        ("orion_mark_shipped", pending.id, {}),
        ("orion_set_status", pending.id, {"status": "lost"}),
        ("orion_set_status", pending.id, {"status": "confirmed"}),
        ("orion_set_status", pending.id, {"status": "delivered"}),
        ("orion_set_status", pending.id, {"status": "cancelled"}),
        ("orion_read", 987654321, {}),
    ]
    for method, order, named in wrong:
        said = refusal(clerk, "sale.order", method, [order], **named)
        assert said.kind == WRONG_USE, (method, named, said)
        assert_sentence(said.message)
    accepted = shop.accepted_order()
    for named in (
        {"tracking_url": "javascript:alert(1)"},
        {"lines": [{"line_id": 987654321, "quantity": 1}]},
        {"lines": [{"line_id": 987654321, "quantity": 0}]},
    ):
        said = refusal(clerk, "sale.order", "orion_mark_shipped", [accepted.id], **named)
        assert said.kind == WRONG_USE, (named, said)
        assert_sentence(said.message)


def test_wrong_use_of_operations_says_what_to_do(shop: Shop, manager: Caller) -> None:
    order = shop.accepted_order()
    domain = [("res_model", "=", "sale.order"), ("res_id", "=", order.id)]
    done = manager.call("orion.operation", "search", domain=domain)
    for method, ids in (("retry", done), ("cancel", done), ("retry", [987654321])):
        said = refusal(manager, "orion.operation", method, ids, reason="try")
        assert said.kind in {WRONG_USE, NOT_THERE}, said
        assert_sentence(said.message)


# --- who may not ---


def ids_of(shop: Shop, model: str) -> list[int]:
    """Records of the first company."""
    client = shop.caller("xmlrpc")
    if model == "orion.channel":
        return [shop.channel]
    if model == "sale.order":
        return client.call(model, "search", domain=[("orion_channel_id", "!=", False)], limit=1)
    if not client.call(model, "search_count", domain=[]):
        shop.accepted_order()
    return client.call(model, "search", domain=[], limit=1)


@pytest.mark.parametrize(("model", "method", "named"), MANAGERS_ONLY)
def test_a_user_may_not_do_what_is_a_managers(
    shop: Shop, clerk: Caller, model: str, method: str, named: dict[str, Any]
) -> None:
    said = refusal(clerk, model, method, ids_of(shop, model), **named)
    assert said.kind == NO_ACCESS, said
    assert_sentence(said.message)


@pytest.mark.parametrize(("model", "method", "named"), MANAGERS_ONLY + USERS_TOO)
@pytest.mark.parametrize("login", [NOBODY, STRANGER])
def test_others_are_refused(
    shop: Shop, protocol: str, login: str, model: str, method: str, named: dict[str, Any]
) -> None:
    said = refusal(shop.caller(protocol, login), model, method, ids_of(shop, model), **named)
    assert said.kind == NO_ACCESS, said


def test_methods_of_the_model_refuse_who_lacks_the_right(shop: Shop, protocol: str) -> None:
    nobody, clerk = shop.caller(protocol, NOBODY), shop.caller(protocol, CLERK)
    key = {"marketplace": "letzshop", "api_key": "letz-some-key-12345"}
    assert refusal(nobody, "sale.order", "orion_stats").kind == NO_ACCESS
    assert refusal(nobody, "orion.channel", "test_api_key", **key).kind == NO_ACCESS
    assert refusal(clerk, "orion.channel", "test_api_key", **key).kind == NO_ACCESS


def test_a_stranger_counts_and_sees_only_the_own_company(shop: Shop, protocol: str) -> None:
    stranger = shop.caller(protocol, STRANGER)
    assert stranger.call("sale.order", "orion_stats")["total"] == 0
    assert stranger.call("sale.order", "orion_stats", channel_id=shop.channel)["total"] == 0
    seen = stranger.call("orion.channel", "search", domain=[("marketplace", "=", "letzshop")])
    assert seen == [shop.foreign_channel]


@pytest.mark.parametrize(("model", "method"), PRIVATE)
def test_private_methods_are_out_of_reach(manager: Caller, model: str, method: str) -> None:
    assert refusal(manager, model, method, [1]).kind == NO_ACCESS


def test_the_engine_keeps_what_it_writes_from_everybody(shop: Shop, manager: Caller) -> None:
    (order,) = shop.new_orders()
    for values in ({"orion_decision": "accepted"}, {"orion_status": "confirmed"}):
        said = refusal(manager, "sale.order", "write", [order.id], vals=values)
        assert said.kind in {WRONG_USE, NO_ACCESS}
    with pytest.raises(Refused) as caught:
        manager.create("orion.operation", {"channel_id": shop.channel})
    assert caught.value.kind == NO_ACCESS


def test_keys_that_are_none(shop: Shop) -> None:
    stranger = OverJson2(shop.odoo.url, shop.odoo.database, "0" * 40)
    assert refusal(stranger, "orion.channel", "get_status", [shop.channel]).kind == NO_ACCESS
    with pytest.raises(PermissionError):
        OverXmlRpc(shop.odoo.url, shop.odoo.database, "no such user")


def test_names_that_are_none(shop: Shop) -> None:
    manager = shop.caller("json2", MANAGER)
    assert refusal(manager, "orion.channel", "no_such_method", [1]).kind == NOT_THERE
    assert refusal(manager, "orion.nothing", "read", [1]).kind == NOT_THERE
    said = refusal(manager, "sale.order", "orion_confirm", [1], no_such_argument=1)
    assert said.kind == WRONG_USE
    assert "no_such_argument" in said.message
