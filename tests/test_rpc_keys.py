"""Digital keys over XML-RPC and JSON-2."""

from __future__ import annotations

import itertools
import time

import pytest

from tests.support.protocols import (
    NO_ACCESS,
    WRONG_USE,
    Caller,
    assert_plain,
    assert_sentence,
    refusal,
)
from tests.support.shop import STRANGER, Shop

_SECONDS = 60
_numbers = itertools.count(1)


@pytest.fixture
def product(manager: Caller) -> int:
    """A digital product without keys."""
    return manager.create(
        "product.product",
        {
            "name": f"Game {next(_numbers)}",
            "type": "service",
            "orion_is_digital": True,
            "list_price": 0,
        },
    )


def sold(caller: Caller, product: int, quantity: int) -> int:
    """A confirmed order that costs nothing, so that it is paid."""
    partner = caller.create("res.partner", {"name": "Léa", "email": "lea@example.com"})
    line = (0, 0, {"product_id": product, "product_uom_qty": quantity, "price_unit": 0})
    order = caller.create("sale.order", {"partner_id": partner, "order_line": [line]})
    caller.call("sale.order", "action_confirm", [order])
    return order


def test_keys_are_imported_and_given(manager: Caller, clerk: Caller, product: int) -> None:
    arguments = {"product_id": product, "keys": ["KEY-0001-A", "KEY-0001-B", "KEY-0001-A"]}
    result = manager.call("orion.digital.key", "import_keys", **arguments)
    assert result == {"imported": 2, "duplicates": 1}
    order = sold(manager, product, 3)
    # a worker of the server may hold the order at this moment: the answer says how things stand
    deadline = time.monotonic() + _SECONDS
    result = clerk.call("sale.order", "orion_fulfill_digital", [order])
    while result["fulfilled"] < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
        result = clerk.call("sale.order", "orion_fulfill_digital", [order])
    assert_plain(result)
    assert result == {"fulfilled": 2, "pending": 1, "failed": 0}
    pieces = clerk.call(
        "orion.digital.piece",
        "search_read",
        domain=[("order_id", "=", order)],
        fields=["state", "reason", "key_id"],
        order="number",
    )
    assert [piece["state"] for piece in pieces] == ["delivered", "delivered", "waiting"]
    assert "KEY-0001" not in repr(pieces)
    again = [piece["id"] for piece in pieces]
    assert clerk.call("orion.digital.piece", "try_again", again) == {"tried": 1}


def test_wrong_use_is_a_sentence(manager: Caller, product: int) -> None:
    for model, method, ids, named in (
        ("orion.digital.key", "import_keys", None, {"product_id": product, "keys": []}),
        ("orion.digital.key", "import_keys", None, {"product_id": 10**8, "keys": ["A-KEY"]}),
        ("orion.digital.key", "import_keys", None, {"product_id": product, "keys": [7]}),
    ):
        said = refusal(manager, model, method, *([ids] if ids else []), **named)
        assert said.kind == WRONG_USE, said
        assert_sentence(said.message)
    partner = manager.create("res.partner", {"name": "Léa"})
    order = manager.create("sale.order", {"partner_id": partner})
    said = refusal(manager, "sale.order", "orion_fulfill_digital", [order])
    assert said.kind == WRONG_USE, said
    assert_sentence(said.message)


def test_others_may_not(
    shop: Shop, protocol: str, manager: Caller, clerk: Caller, product: int
) -> None:
    order = sold(manager, product, 1)
    piece = manager.call("orion.digital.piece", "search", domain=[("order_id", "=", order)])
    keys = {"product_id": product, "keys": ["A-KEY-0001"]}
    assert refusal(clerk, "orion.digital.key", "import_keys", **keys).kind == NO_ACCESS
    assert refusal(clerk, "orion.digital.piece", "release", piece).kind == NO_ACCESS
    stranger = shop.caller(protocol, STRANGER)
    assert refusal(stranger, "sale.order", "orion_fulfill_digital", [order]).kind == NO_ACCESS
    for method in ("try_again", "release", "read"):
        named = {"fields": ["state"]} if method == "read" else {}
        said = refusal(stranger, "orion.digital.piece", method, piece, **named)
        assert said.kind == NO_ACCESS, said
    assert refusal(manager, "orion.digital.piece", "_claim", piece).kind != WRONG_USE
