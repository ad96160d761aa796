"""Who may not, and what nobody may, over XML-RPC and over JSON-2."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.protocols import (
    NO_ACCESS,
    NOT_THERE,
    WRONG_USE,
    Caller,
    OverJson2,
    OverXmlRpc,
    Refused,
    assert_sentence,
    refusal,
)
from tests.support.shop import CLERK, MANAGER, NOBODY, STRANGER, Shop

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
