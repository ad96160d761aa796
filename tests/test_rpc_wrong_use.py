"""Wrong use says what to do, over XML-RPC and over JSON-2."""

from __future__ import annotations

from typing import Any

from tests.support.protocols import NOT_THERE, WRONG_USE, Caller, assert_sentence, refusal
from tests.support.shop import Shop


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
