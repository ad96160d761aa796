"""Every way in which the stand-in's answers go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from sandbox import LetzshopSandbox
from tests.sandbox_client import CONFIRM, IDS, SHIPMENTS, SandboxClient, unit_ids


@pytest.fixture
def letzshop() -> Iterator[LetzshopSandbox]:
    with LetzshopSandbox(orders=0) as sandbox:
        sandbox.control.add_orders(12, lines=2)
        yield sandbox


@pytest.fixture
def client(letzshop: LetzshopSandbox) -> SandboxClient:
    return SandboxClient(letzshop)


@pytest.fixture
def units(letzshop: LetzshopSandbox) -> list[str]:
    return unit_ids(letzshop.control.shipments()[0])


def _confirm(client: SandboxClient, units: list[str]) -> Any:
    """The whole answer to a confirmation."""
    entries = [{"inventoryUnitId": unit, "isAvailable": True} for unit in units]
    return client.ask(CONFIRM, {"input": {"inventoryUnits": entries}})


def _ids(page: Any) -> list[str]:
    return [node["id"] for node in page["nodes"]]


def test_errors_along_with_data(
    letzshop: LetzshopSandbox, client: SandboxClient, units: list[str]
) -> None:
    client.arm("errors_with_data", message="Half broken")
    answer = _confirm(client, units)
    assert answer["errors"] == [{"message": "Half broken"}]
    assert len(answer["data"]["confirmInventoryUnits"]["inventoryUnits"]) == 2
    assert letzshop.control.effects()["totals"]["confirmed"] == 2


@pytest.mark.parametrize(("when", "effects"), [("before", 0), ("after", 2)])
def test_a_null_payload(
    letzshop: LetzshopSandbox, client: SandboxClient, units: list[str], when: str, effects: int
) -> None:
    client.arm("null_payload", when=when)
    assert _confirm(client, units) == {"data": {"confirmInventoryUnits": None}}
    assert letzshop.control.effects()["totals"]["confirmed"] == effects


def test_errors_in_the_payload_of_the_first_or_of_all(
    letzshop: LetzshopSandbox, client: SandboxClient, units: list[str]
) -> None:
    client.arm("payload_errors", code="BUSY", message="Later")
    payload = client.confirm(units)
    assert payload["errors"] == [{"id": u, "code": "BUSY", "message": "Later"} for u in units]
    assert letzshop.control.effects()["totals"]["confirmed"] == 0
    client.arm("payload_errors", count=1)
    payload = client.confirm(units)
    assert [error["id"] for error in payload["errors"]] == units[:1]
    assert [unit["id"] for unit in payload["inventoryUnits"]] == units[1:]
    assert letzshop.control.effects()["totals"]["confirmed"] == 1
    client.confirm(units[:1])
    shipment = letzshop.control.shipments()[0]["id"]
    client.arm("payload_errors")
    assert client.track(shipment)["shipment"] is None
    client.arm("payload_errors")
    assert client.give_back(units)["inventoryUnits"] == []
    assert letzshop.control.effects()["totals"]["tracking"] == 0


@pytest.mark.parametrize(
    ("shape", "total", "price"),
    [
        ("number", 1324.9, 1299),
        ("code", "1324.90 EUR", "1299.00 EUR"),
        ("sign", "1324,90 €", "1299,00 €"),
        ("french", "1\u202f324,90\u00a0€", "1\u202f299,00\u00a0€"),
        ("german", "1.324,90", "1.299,00"),
        ("english", "1,324.90", "1,299.00"),
        ("plain", "1324.90", "1299.00"),
    ],
)
def test_money_in_other_shapes(
    letzshop: LetzshopSandbox, client: SandboxClient, shape: str, total: object, price: object
) -> None:
    catalogue = letzshop.control.catalogue()
    assert "1299.00" in {article["list_price"] for article in catalogue}
    letzshop.control.add_orders(100, lines=1)
    client.arm("money", shape=shape, times=None)
    orders = [node["inventoryUnits"][0]["variant"]["price"] for node in client.shipments(first=100)]
    assert price in orders
    kind = type(total)
    assert all(isinstance(value, (int, float) if kind is float else kind) for value in orders)
    assert {type(node["order"]["total"]) for node in client.shipments()} <= {kind, int}


def test_a_foreign_currency_is_named_in_every_shape(client: SandboxClient) -> None:
    client.control("POST", "reset", seed=1, orders=60)
    _assert_swiss(client)
    for shape in ("code", "sign", "number"):
        client.arm("money", shape=shape, times=None)
        _assert_swiss(client)
        client.control("DELETE", "faults")


def _assert_swiss(client: SandboxClient) -> None:
    """Total and pieces of some orders, and of no others, name the franc."""
    swiss = 0
    for node in client.shipments():
        prices = [unit["variant"]["price"] for unit in node["inventoryUnits"] if unit["variant"]]
        prices += [node["order"]["total"]] if node["order"]["total"] is not None else []
        named = {str(price).endswith("CHF") for price in prices}
        assert len(named) == 1, node
        swiss += named == {True}
    assert swiss


@pytest.mark.parametrize("where", ["shipment", "unit", "parser"])
def test_an_unknown_value_of_an_enum(client: SandboxClient, where: str) -> None:
    client.arm("unknown_enum", where=where, value="completed_later", count=2)
    page = client.page(first=5)
    found = {
        "shipment": [node["state"] for node in page["nodes"]],
        "unit": [u["state"] for node in page["nodes"] for u in node["inventoryUnits"]],
        "parser": [
            u["variant"]["tradeId"]["parser"]
            for node in page["nodes"]
            for u in node["inventoryUnits"]
        ],
    }
    assert {name: values.count("completed_later") for name, values in found.items()} == {
        "shipment": 0,
        "unit": 0,
        "parser": 0,
        where: 2,
    }


def test_fields_that_nobody_asked_for(client: SandboxClient) -> None:
    client.arm("extra_fields")
    answer = client.ask(IDS)
    assert answer["data"]["shipments"]["nodes"][0]["_added_later"] == {"value": 1}
    assert "_added_later" not in str(client.ask(IDS))


def test_optional_fields_are_missing(client: SandboxClient) -> None:
    client.arm("missing_fields")
    node = client.page()["nodes"][0]
    assert "tracking" not in node
    assert "company" not in node["order"]["shipAddress"]
    client.arm("missing_fields", names=["phone", "order"])
    assert "order" not in client.page()["nodes"][0]


def test_a_page_begins_too_early_or_too_late(client: SandboxClient) -> None:
    every = _ids(client.page(first=100))
    first = client.page(first=4)
    after = first["pageInfo"]["endCursor"]
    client.arm("duplicate_page", count=4)
    assert _ids(client.page(first=4)) == every[:4]
    client.arm("duplicate_page", count=4)
    assert _ids(client.page(first=4, after=after)) == every[:4]
    client.arm("duplicate_page", count=2)
    assert _ids(client.page(first=4, after=after)) == every[2:6]
    client.arm("shift_pages", count=3)
    assert _ids(client.page(first=4, after=after)) == every[7:11]


def test_paging_that_never_ends(client: SandboxClient) -> None:
    client.arm("stuck_cursor", times=None)
    after = client.page(first=4)["pageInfo"]["endCursor"]
    for _ in range(3):
        info = client.page(first=4, after=after)["pageInfo"]
        assert (info["hasNextPage"], info["endCursor"]) == (True, after)


def test_tracking_fails_only_where_it_is_read(client: SandboxClient) -> None:
    client.arm("tracking_fails", times=None)
    assert "errors" not in client.ask(IDS)
    answer = client.ask(SHIPMENTS, {"first": 2})
    assert [node["tracking"] for node in answer["data"]["shipments"]["nodes"]] == [None, None]
    assert answer["errors"][0]["path"] == ["shipments", "nodes", 0, "tracking"]


def test_the_field_data_is_not_defined(client: SandboxClient) -> None:
    client.arm("no_data_field", times=None)
    assert client.ask(IDS)["data"]
    answer = client.ask(SHIPMENTS)
    assert "data" not in answer
    assert answer["errors"][0]["extensions"] == {
        "code": "undefinedField",
        "typeName": "Shipment",
        "fieldName": "data",
    }


def test_a_good_key_is_taken_for_a_bad_one(
    letzshop: LetzshopSandbox, client: SandboxClient
) -> None:
    client.arm("bad_key")
    assert client.post(IDS).status_code == 401
    client.arm("bad_key")
    client.arm("bad_key_as_errors", times=None)
    answer = client.ask(IDS)
    assert answer["data"] is None
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHORIZED"
    unknown = SandboxClient(letzshop, "expired").post(IDS)
    assert (unknown.status_code, unknown.json()["data"]) == (200, None)
    assert client.ask(IDS)["data"]["shipments"]["nodes"]


def test_a_key_loses_its_rights(client: SandboxClient) -> None:
    client.arm("forbidden")
    answer = client.ask(IDS)
    assert answer["data"] is None
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_faults_never_stay_in_answers_that_are_kept(client: SandboxClient) -> None:
    good = client.ask(SHIPMENTS)
    client.arm("money", shape="german")
    assert client.ask(SHIPMENTS) != good
    assert client.ask(SHIPMENTS) == good
    total = good["data"]["shipments"]["nodes"][0]["order"]["total"]
    assert Decimal(total) > 0
