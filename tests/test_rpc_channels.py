"""Keys, connection, status and imports of channels, over XML-RPC and over JSON-2."""

from __future__ import annotations

import time

from tests.support.protocols import (
    ISO,
    STATUSES,
    Caller,
    assert_plain,
    assert_sentence,
    refusal,
)
from tests.support.shop import Shop

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
