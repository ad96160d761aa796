"""The stand-in's handles for tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from sandbox import LetzshopSandbox
from tests.sandbox_client import IDS, SandboxClient, unit_ids


@pytest.fixture
def letzshop() -> Iterator[LetzshopSandbox]:
    with LetzshopSandbox(orders=10, history=4) as sandbox:
        yield sandbox


@pytest.fixture
def client(letzshop: LetzshopSandbox) -> SandboxClient:
    return SandboxClient(letzshop)


def test_a_reset_forgets_everything(letzshop: LetzshopSandbox, client: SandboxClient) -> None:
    shipment = client.shipments(state="unconfirmed")[0]
    client.confirm(unit_ids(shipment))
    client.arm("status", status=500, times=None)
    letzshop.control.configure(latency_ms=1, newest_first=True)
    letzshop.control.set_clock(advance=9e6)
    state = client.control(
        "POST", "reset", seed=7, orders=20, history=5, now="2026-05-04T10:00:00Z"
    )
    assert state["now"] == "2026-05-04T10:00:00+00:00"
    assert state["settings"]["latency_ms"] == 0
    assert not state["settings"]["newest_first"]
    assert client.control("GET", "requests") == []
    assert client.control("GET", "faults") == []
    assert client.counts()["totals"]["confirmed"] == 0
    assert shipment["id"] not in str(client.ask(IDS))
    assert client.page()["nodes"][-1]["order"]["completedAt"] < "2026-05-04T12:00:00+02:00"


def test_a_vendor_may_have_several_keys(letzshop: LetzshopSandbox, client: SandboxClient) -> None:
    key = client.control("POST", "keys")["api_key"]
    assert key not in (letzshop.api_key, client.control("POST", "keys")["api_key"])
    seen = SandboxClient(letzshop, key).shipments(state="unconfirmed")
    assert seen == client.shipments(state="unconfirmed")
    other = client.control("POST", "keys", vendor="moselle-shop")["api_key"]
    assert SandboxClient(letzshop, other).shipments(state="unconfirmed") != seen


def test_orders_come_on_demand(letzshop: LetzshopSandbox, client: SandboxClient) -> None:
    made = client.control("POST", "orders", count=30, lines=3, quantity=2, customers=10)
    assert made["created"] == 30
    found = {node["id"]: node for node in client.shipments(first=100)}
    orders = [found[shipment] for shipment in made["shipments"]]
    assert {len(order["inventoryUnits"]) for order in orders} == {6}
    for order in orders:
        skus = [unit["variant"]["sku"] for unit in order["inventoryUnits"]]
        assert len(set(skus)) == 3
    assert len({order["order"]["email"] for order in orders}) == 10
    assert len({order["order"]["id"] for order in orders}) == 30
    listed = {article["sku"] for article in letzshop.control.catalogue()}
    assert {u["variant"]["sku"] for o in orders for u in o["inventoryUnits"]} <= listed


def test_orders_on_demand_may_be_decided_and_another_vendors(
    letzshop: LetzshopSandbox, client: SandboxClient
) -> None:
    (past,) = letzshop.control.add_orders(1, decided=True)
    (foreign,) = letzshop.control.add_orders(1, vendor="moselle-shop")
    assert past in {node["id"] for node in client.shipments(state="confirmed")}
    assert foreign not in {node["id"] for node in client.shipments()}
    assert letzshop.control.shipment(foreign)["vendor"] == "moselle-shop"
    response = requests.post(f"{letzshop.url}/_control/orders", json={"vendor": "x"}, timeout=5)
    assert response.status_code == 400


def test_other_hands_decide_and_return(letzshop: LetzshopSandbox, client: SandboxClient) -> None:
    (shipment,) = letzshop.control.add_orders(1, lines=2)
    units = unit_ids(letzshop.control.shipment(shipment))
    assert client.control("POST", "decide", units=units[:1], available=False) == {"failed": []}
    assert client.control("POST", "decide", shipment=shipment) == {"failed": []}
    assert client.control("POST", "decide", units=units[:1]) == {"failed": units[:1]}
    assert client.control("POST", "return", shipment=shipment) == {"failed": []}
    client.control("POST", "tracking", shipment=shipment, code="X1", provider="greco")
    shown = client.control("GET", f"shipments/{shipment}")
    assert [unit["state"] for unit in shown["units"]] == ["confirmed_unavailable", "returned"]
    assert shown["tracking"] == {"code": "X1", "provider": "greco"}
    counts = client.counts()
    assert [counts["units"][unit]["by_hand"] for unit in units] == [1, 2]
    assert counts["totals"]["tracking"] == 0


def test_the_clock_is_set_stopped_and_advanced(
    letzshop: LetzshopSandbox, client: SandboxClient
) -> None:
    client.control("POST", "clock", now="2026-07-01T08:00:00", freeze=True)
    moved = client.control("POST", "clock", advance=3600)
    assert moved == {"now": "2026-07-01T09:00:00+00:00"}
    letzshop.control.add_orders(1)
    assert client.shipments()[-1]["order"]["completedAt"] == "2026-07-01T11:00:00+02:00"
    client.control("POST", "clock", now="2026-01-01T08:00:00+01:00", freeze=True)
    letzshop.control.add_orders(1)
    assert client.shipments()[-1]["order"]["completedAt"] == "2026-01-01T08:00:00+01:00"


def test_requests_are_counted_and_logged_without_secrets(
    letzshop: LetzshopSandbox, client: SandboxClient
) -> None:
    client.session.headers["X-Correlation-Id"] = "abc-1"
    client.shipments(first=100)
    client.ask(IDS)
    client.arm("status", status=503)
    client.post(IDS)
    SandboxClient(letzshop, "expired-secret").post(IDS)
    requests_seen = client.control("GET", "requests")
    assert [entry["key"] for entry in requests_seen] == ["default"] * 3 + ["unknown"]
    assert [entry["status"] for entry in requests_seen] == [200, 200, 503, 401]
    assert requests_seen[0]["operations"] == ["Shipments", "shipments"]
    assert requests_seen[0]["variables"] == {"first": 100}
    assert requests_seen[0]["headers"]["x-correlation-id"] == "abc-1"
    assert requests_seen[2]["faults"] == ["status"]
    assert all(entry["seconds"] is not None for entry in requests_seen)
    text = str(requests_seen)
    assert letzshop.api_key not in text
    assert "expired-secret" not in text
    assert client.counts()["requests"] == {"shipments": 4, "Shipments": 1}
    assert client.control("GET", "requests", operation="Shipments") == requests_seen[:1]
    assert client.control("GET", "requests", last=1) == requests_seen[-1:]
    client.control("DELETE", "requests")
    assert client.control("GET", "requests") == []


def test_shipments_are_found_by_what_is_special(client: SandboxClient) -> None:
    client.control("POST", "reset", seed=1, orders=60)
    odd = client.control("GET", "shipments", trait="unknown_product", state="unconfirmed", limit=2)
    assert len(odd) == 2
    assert all("unknown_product" in shipment["traits"] for shipment in odd)
    foreign = client.control("GET", "shipments", vendor="moselle-shop")
    assert {shipment["vendor"] for shipment in foreign} == {"moselle-shop"}


def test_effects_are_told_of_some_shipments_only(
    letzshop: LetzshopSandbox, client: SandboxClient
) -> None:
    first, second = letzshop.control.add_orders(2)
    for shipment in (first, second):
        client.confirm(unit_ids(letzshop.control.shipment(shipment)))
        client.track(shipment)
    counts = client.control("GET", "effects", shipments=first)
    assert {entry["shipment"] for entry in counts["units"].values()} == {first}
    assert set(counts["shipments"]) == {first}


@pytest.mark.parametrize("given", [{"colour": 1}, {"latency_ms": "slow"}])
def test_a_wrong_setting_is_refused(letzshop: LetzshopSandbox, given: dict[str, object]) -> None:
    response = requests.post(f"{letzshop.url}/_control/settings", json=given, timeout=5)
    assert response.status_code == 400
    assert "setting" in response.json()["error"]


def test_requests_one_after_the_other_are_never_at_once(client: SandboxClient) -> None:
    for _ in range(300):
        client.ask(IDS)
    assert client.counts()["most_at_once"] == {"default": 1}


def test_the_readme_knows_every_fault_and_address(client: SandboxClient) -> None:
    text = (Path(__file__).parents[1] / "sandbox" / "README.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    kinds = client.control("GET", "kinds")
    assert len(kinds) > 20
    assert [kind for kind in kinds if not any(row.startswith(f"| `{kind}`") for row in rows)] == []
    told = requests.get(f"{client.letzshop.url}/_control/x", timeout=5).json()["error"]
    addresses = re.findall(r"[A-Z]+ [a-z]+", told.split("has ")[1])
    assert len(addresses) > 10
    assert [name for name in addresses if f"`{name}" not in text] == []
