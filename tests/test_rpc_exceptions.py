"""Exceptions over XML-RPC and over JSON-2: unknown products are resolved from outside, and then
the marketplace gets its confirmation."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support import shop as shops
from tests.support.protocols import (
    NO_ACCESS,
    WRONG_USE,
    Caller,
    Refused,
    assert_plain,
    assert_sentence,
)
from tests.support.shop import CLERK, MANAGER, NOBODY, PROTOCOLS, STRANGER, Shop
from tests.support.stage import Stage

EXCEPTION = "orion.order.exception"
STATS_KEYS = {"pending", "resolved", "ignored", "total", "orders_with_exceptions"}
ACCEPTED = {"confirmed", "processing"}
_WAIT_SECONDS = 60


@pytest.fixture(scope="module")
def shop(stage: Stage) -> Iterator[Shop]:
    """A shop that knows none of the marketplace's products any more."""
    with shops.open_shop(stage) as opened:
        admin = opened.caller("xmlrpc")
        codes = ["|", ("barcode", "!=", False), ("default_code", "!=", False)]
        products = admin.call("product.product", "search", domain=codes)
        admin.call("product.product", "write", products, vals={"active": False})
        yield opened


@pytest.fixture(params=PROTOCOLS)
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def clerk(shop: Shop, protocol: str) -> Caller:
    return shop.caller(protocol, CLERK)


def unknown(shop: Shop, orders: int) -> list[dict[str, Any]]:
    """Pending exceptions of new orders of one line; those with the commonest GTIN."""
    shipments = shop.sandbox.control("POST", "orders", count=orders, lines=1)["shipments"]
    admin = shop.caller("xmlrpc")
    admin.call("orion.channel", "import_orders", [shop.channel], external_ids=shipments)
    rows = admin.call(
        EXCEPTION,
        "search_read",
        domain=[("status", "=", "pending"), ("order_id.orion_external_id", "in", shipments)],
        fields=["order_id", "canonical_gtin"],
    )
    by_gtin = defaultdict(list)
    for row in rows:
        if row["canonical_gtin"]:
            by_gtin[row["canonical_gtin"]].append(row)
    return max(by_gtin.values(), key=len)


def new_product(shop: Shop) -> int:
    return shop.caller("xmlrpc").create("product.product", {"name": "Found", "list_price": 99.0})


def refusal(caller: Caller, method: str, *ids: Any, **named: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        caller.call(EXCEPTION, method, *ids, **named)
    return caught.value


def test_from_unknown_to_confirmed_in_three_calls(shop: Shop, clerk: Caller) -> None:
    exceptions = unknown(shop, orders=8)
    gtin, product = exceptions[0]["canonical_gtin"], new_product(shop)
    prices = amounts(shop, exceptions)

    domain = [("status", "=", "pending"), ("canonical_gtin", "=", gtin)]
    pending = clerk.call(EXCEPTION, "search_read", domain=domain, fields=["order_id", "quantity"])
    orders = sorted({row["order_id"][0] for row in pending})
    done = clerk.call(EXCEPTION, "bulk_resolve", gtin=gtin, product_id=product, notes="By RPC")
    told = clerk.call("sale.order", "orion_confirm", orders)

    assert_plain(done)
    assert done == {"resolved": len(pending), "orders_released": len(orders)}
    assert {row["id"] for row in exceptions} <= {row["id"] for row in pending}
    assert told["success"] is True, told
    assert set(shop.settle(told["operation_ids"])) == {"completed"}
    reads = clerk.call("sale.order", "orion_read", orders)
    for read in reads:
        assert read["status"] in ACCEPTED
        shipment = read["letzshop_shipment_id"]
        effects = shop.sandbox.control("GET", f"effects?shipments={shipment}")["units"]
        assert {unit["confirmed"] for unit in effects.values()} == {1}
        (item,) = read["items"]
        assert (item["product_id"], item["exception_status"]) == (product, "resolved")
    assert amounts(shop, exceptions) == prices


def amounts(shop: Shop, exceptions: list[dict[str, Any]]) -> dict[int, float]:
    ids = [row["order_id"][0] for row in exceptions]
    rows = shop.caller("xmlrpc").call("sale.order", "read", ids, fields=["amount_total"])
    return {row["id"]: row["amount_total"] for row in rows}


def test_pending_and_ignored_block_and_the_message_says_where(shop: Shop, clerk: Caller) -> None:
    exception = unknown(shop, orders=1)[0]
    order, name = exception["order_id"]
    ids = [exception["id"]]

    def confirm() -> Refused:
        with pytest.raises(Refused) as caught:
            clerk.call("sale.order", "orion_confirm", [order])
        assert caught.value.kind == WRONG_USE
        return caught.value

    assert name.split()[0] in confirm().message
    assert refusal(clerk, "ignore", ids, reason=" ").kind == WRONG_USE
    assert clerk.call(EXCEPTION, "ignore", ids, reason="Never ours") == {"ignored": 1}
    assert "1 ignored" in confirm().message
    assert clerk.call(EXCEPTION, "resolve", ids, product_id=new_product(shop), notes="Ours") == {
        "resolved": 1
    }
    assert clerk.call("sale.order", "orion_confirm", [order])["success"] is True


def test_going_back(shop: Shop, clerk: Caller) -> None:
    exceptions = unknown(shop, orders=3)
    ids, product = [row["id"] for row in exceptions], new_product(shop)
    clerk.call(EXCEPTION, "ignore", ids, reason="Later")
    assert clerk.call(EXCEPTION, "reopen", ids) == {"reopened": len(ids)}
    clerk.call(EXCEPTION, "resolve", ids, product_id=product, remember=True)
    learned = [("product_id", "=", product)]
    (alias,) = clerk.call("orion.product.alias", "search_read", domain=learned, fields=["value"])
    assert alias["value"] == exceptions[0]["canonical_gtin"]
    back = clerk.call(EXCEPTION, "undo", ids)
    assert_plain(back)
    assert back["undone"] == len(ids)
    assert clerk.call("orion.product.alias", "search_count", domain=learned) == 0
    assert refusal(clerk, "undo", ids).kind == WRONG_USE


def test_stats(shop: Shop, clerk: Caller) -> None:
    unknown(shop, orders=2)
    everything = clerk.call(EXCEPTION, "get_stats")
    assert_plain(everything)
    assert everything.keys() == STATS_KEYS
    assert everything["pending"] >= everything["orders_with_exceptions"] > 0
    counted = [everything[name] for name in ("pending", "resolved", "ignored")]
    assert sum(counted) == everything["total"]
    assert clerk.call(EXCEPTION, "get_stats", channel_id=shop.channel) == everything
    assert set(clerk.call(EXCEPTION, "get_stats", channel_id=0).values()) != {0}
    assert set(clerk.call(EXCEPTION, "get_stats", channel_id=999999).values()) == {0}
    (status,) = clerk.call("orion.channel", "get_status", [shop.channel])
    assert status["exceptions"] == {
        name: everything[name] for name in ("pending", "resolved", "ignored")
    }


def test_wrong_use(shop: Shop, clerk: Caller) -> None:
    exception = unknown(shop, orders=1)[0]
    ids, gtin, product = [exception["id"]], exception["canonical_gtin"], new_product(shop)
    for refused in (
        refusal(clerk, "bulk_resolve", gtin="4006381333932", product_id=product),
        refusal(clerk, "bulk_resolve", gtin="", product_id=product),
        refusal(clerk, "bulk_resolve", gtin=gtin, product_id=999999999),
        refusal(clerk, "resolve", ids, product_id=999999999),
        refusal(clerk, "resolve", [999999999], product_id=product),
        refusal(clerk, "write", ids, vals={"status": "resolved"}),
        refusal(clerk, "resolve", ids),
        refusal(clerk, "resolve", ids, product_id=str(product)),
        refusal(clerk, "ignore", ids),
        refusal(clerk, "bulk_resolve"),
    ):
        assert refused.kind == WRONG_USE, refused
        assert_sentence(refused.message)
    clerk.call(EXCEPTION, "resolve", ids, product_id=product)
    late = refusal(clerk, "resolve", ids, product_id=new_product(shop))
    assert (late.kind, "resolved it already" in late.message) == (WRONG_USE, True)


def test_rights(shop: Shop, protocol: str) -> None:
    exception = unknown(shop, orders=1)[0]
    ids, product = [exception["id"]], new_product(shop)
    for login in (NOBODY, STRANGER):
        caller = shop.caller(protocol, login)
        assert refusal(caller, "resolve", ids, product_id=product).kind == NO_ACCESS
        assert refusal(caller, "ignore", ids, reason="x").kind == NO_ACCESS
        assert refusal(caller, "_resolve_many", product_by_exception={}).kind == NO_ACCESS
    nobody = shop.caller(protocol, NOBODY)
    assert refusal(nobody, "get_stats").kind == NO_ACCESS
    assert refusal(nobody, "search_read", domain=[], fields=["status"]).kind == NO_ACCESS
    stranger = shop.caller(protocol, STRANGER)
    assert stranger.call(EXCEPTION, "search_read", domain=[], fields=["status"]) == []
    assert set(stranger.call(EXCEPTION, "get_stats").values()) == {0}
    nothing = stranger.call(
        EXCEPTION, "bulk_resolve", gtin=exception["canonical_gtin"], product_id=product
    )
    assert nothing == {"resolved": 0, "orders_released": 0}


def test_two_users_at_once(shop: Shop) -> None:
    """Each transaction is repeated by Odoo where it must be; the second finds nothing left."""
    exceptions = unknown(shop, orders=30)
    gtin, product = exceptions[0]["canonical_gtin"], new_product(shop)
    domain = [("status", "=", "pending"), ("canonical_gtin", "=", gtin)]
    callers = [shop.caller("xmlrpc", CLERK), shop.caller("json2", MANAGER)]
    waiting = callers[0].call(EXCEPTION, "search_count", domain=domain)
    with ThreadPoolExecutor(len(callers)) as threads:
        results = list(
            threads.map(
                lambda caller: caller.call(
                    EXCEPTION, "bulk_resolve", gtin=gtin, product_id=product
                ),
                callers,
            )
        )
    assert sorted(result["resolved"] for result in results) == [0, waiting]
    assert callers[0].call(EXCEPTION, "search_count", domain=domain) == 0


def test_a_new_product_resolves_by_itself(shop: Shop, clerk: Caller) -> None:
    exception = unknown(shop, orders=3)[0]
    shop.caller("xmlrpc").create(
        "product.product", {"name": "New", "barcode": exception["canonical_gtin"]}
    )
    deadline = time.monotonic() + _WAIT_SECONDS
    fields = ["status", "resolution_source"]
    while True:
        (row,) = clerk.call(EXCEPTION, "read", [exception["id"]], fields=fields)
        if row["status"] == "resolved":
            break
        assert time.monotonic() < deadline, row
        time.sleep(0.2)
    assert row["resolution_source"] == "automatic"
