"""Deciding, shipping and reading orders, over XML-RPC and over JSON-2."""

from __future__ import annotations

import re

from tests.support.protocols import ISO, STATUSES, Caller, assert_plain
from tests.support.shop import Shop

#: Where an accepted order is until it is packed; with goods in stock they are reserved at once.
ACCEPTED = {"confirmed", "processing"}
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
