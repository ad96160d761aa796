"""Every way in which the stand-in's wire goes wrong, and when it does."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

import pytest
import requests

from sandbox import LetzshopSandbox
from tests.sandbox_client import CONFIRM as CONFIRMATION
from tests.sandbox_client import IDS, SandboxClient, unit_ids

CONFIRM = "confirmInventoryUnits"
#: Seconds that a busy machine may need for anything.
PATIENCE = 20


@pytest.fixture
def letzshop() -> Iterator[LetzshopSandbox]:
    with LetzshopSandbox(orders=8) as sandbox:
        yield sandbox


@pytest.fixture
def client(letzshop: LetzshopSandbox) -> SandboxClient:
    return SandboxClient(letzshop)


@pytest.fixture
def unit(letzshop: LetzshopSandbox) -> str:
    """A piece that awaits a decision."""
    shipment = letzshop.control.add_orders(1, lines=1)[0]
    return unit_ids(letzshop.control.shipment(shipment))[0]


def _confirmed(letzshop: LetzshopSandbox) -> int:
    """How many decisions took effect, by the count and by the state."""
    counted: int = letzshop.control.effects()["totals"]["confirmed"]
    traits = letzshop.control.shipments(trait="bulk", state="confirmed")
    assert len(traits) == counted
    return counted


def _wait_until_served(letzshop: LetzshopSandbox) -> None:
    """Until the last request is decided upon, although its answer may be held."""
    deadline = time.monotonic() + PATIENCE
    while letzshop.control.requests(last=1)[0]["status"] is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 502, 503, 504])
def test_a_status(client: SandboxClient, letzshop: LetzshopSandbox, status: int) -> None:
    client.arm("status", status=status)
    response = client.post(IDS)
    assert response.status_code == status
    assert "Retry-After" not in response.headers
    assert response.json()["errors"][0]["message"] == f"Status {status}"
    assert client.post(IDS).status_code == 200


def test_a_status_says_when_to_come_back(client: SandboxClient) -> None:
    client.arm("status", status=429, retry_after=7)
    assert client.post(IDS).headers["Retry-After"] == "7"
    client.arm("status", status=503, retry_after_date=90)
    moment = parsedate_to_datetime(client.post(IDS).headers["Retry-After"])
    assert 80 < (moment - datetime.now(timezone.utc)).total_seconds() <= 90


@pytest.mark.parametrize("kind", ["status", "html", "broken_json", "empty"])
@pytest.mark.parametrize(("when", "effects"), [("before", 0), ("after", 1)])
def test_an_answer_is_replaced_before_or_after_the_effect(
    letzshop: LetzshopSandbox, client: SandboxClient, unit: str, kind: str, when: str, effects: int
) -> None:
    client.arm(kind, when=when, operation=CONFIRM)
    with pytest.raises((AssertionError, ValueError)):
        client.confirm([unit])
    assert _confirmed(letzshop) == effects


@pytest.mark.parametrize("kind", ["reset", "hang_up"])
@pytest.mark.parametrize(("when", "effects"), [("before", 0), ("after", 1)])
def test_a_connection_breaks_before_or_after_the_effect(
    letzshop: LetzshopSandbox, client: SandboxClient, unit: str, kind: str, when: str, effects: int
) -> None:
    client.arm(kind, when=when, operation=CONFIRM)
    with pytest.raises(requests.ConnectionError) as caught:
        client.confirm([unit])
    assert ("reset" in str(caught.value).lower()) == (kind == "reset")
    assert _confirmed(letzshop) == effects


@pytest.mark.parametrize(("when", "effects"), [("before", 0), ("after", 1)])
def test_a_client_loses_patience_before_or_after_the_effect(
    letzshop: LetzshopSandbox, client: SandboxClient, unit: str, when: str, effects: int
) -> None:
    client.arm("hang", when=when, seconds=30, operation=CONFIRM)
    entry = {"inventoryUnitId": unit, "isAvailable": True}
    with pytest.raises(requests.ReadTimeout):
        client.post(CONFIRMATION, {"input": {"inventoryUnits": [entry]}}, timeout=0.2)
    _wait_until_served(letzshop)
    assert _confirmed(letzshop) == effects


def test_a_patient_client_gets_the_late_answer(client: SandboxClient, unit: str) -> None:
    client.arm("hang", when="after", seconds=0.2)
    begin = time.monotonic()
    assert client.confirm([unit])["errors"] == []
    assert time.monotonic() - begin >= 0.2


def test_an_answer_is_cut(letzshop: LetzshopSandbox, client: SandboxClient, unit: str) -> None:
    client.arm("cut", share=0.5, operation=CONFIRM)
    with pytest.raises(requests.RequestException):
        client.confirm([unit])
    assert _confirmed(letzshop) == 1


def test_a_page_in_html(client: SandboxClient) -> None:
    client.arm("html")
    response = client.post(IDS)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/html")
    assert response.text.startswith("<!DOCTYPE html>")


def test_a_body_that_drips_is_whole_in_the_end(client: SandboxClient) -> None:
    client.arm("drip", seconds=0.4)
    begin = time.monotonic()
    assert len(client.ask(IDS)["data"]["shipments"]["nodes"]) == 5
    assert time.monotonic() - begin >= 0.4


def test_a_very_large_body(client: SandboxClient) -> None:
    client.arm("big_body", bytes=3_000_000)
    response = client.post(IDS)
    assert len(response.content) > 3_000_000
    assert json.loads(response.content)["data"] is None


def test_one_slow_answer(client: SandboxClient) -> None:
    client.arm("latency", ms=200)
    begin = time.monotonic()
    client.ask(IDS)
    assert time.monotonic() - begin >= 0.2
    client.ask(IDS)
    assert [entry["faults"] for entry in client.control("GET", "requests")] == [["latency"], []]


# --- when they strike ---


def test_a_fault_strikes_so_often_and_after_so_many(client: SandboxClient) -> None:
    client.arm("status", status=500, times=2, skip=1)
    assert [client.post(IDS).status_code for _ in range(5)] == [200, 500, 500, 200, 200]


def test_a_fault_for_good_lasts_until_it_is_cleared(client: SandboxClient) -> None:
    rule = client.arm("status", status=500, times=None)
    other = client.arm("status", status=502, times=None, operation="setShipmentTracking")
    assert [client.post(IDS).status_code for _ in range(3)] == [500] * 3
    shown = {rule["id"]: rule for rule in client.control("GET", "faults")}
    assert (shown[rule]["hits"], shown[other]["hits"]) == (3, 0)
    assert client.control("DELETE", f"faults/{rule}") == {"cleared": 1}
    assert client.post(IDS).status_code == 200
    assert client.control("DELETE", "faults") == {"cleared": 1}
    assert client.control("GET", "faults") == []


def test_a_fault_strikes_one_operation_only(client: SandboxClient, unit: str) -> None:
    client.arm("status", status=500, times=None, operation=CONFIRM)
    assert client.post(IDS).status_code == 200
    with pytest.raises(AssertionError):
        client.confirm([unit])
    client.control("DELETE", "faults")
    client.arm("status", status=500, operation="Named")
    assert client.post(IDS).status_code == 200
    assert client.post(f"query Named {IDS}").status_code == 500


@pytest.mark.parametrize("choice", [{"key": "second"}, {"vendor": "moselle-shop"}])
def test_a_fault_strikes_one_key_or_vendor_only(
    letzshop: LetzshopSandbox, client: SandboxClient, choice: dict[str, str]
) -> None:
    client.arm("status", status=500, times=None, **choice)
    assert client.post(IDS).status_code == 200
    assert SandboxClient(letzshop, letzshop.second_api_key).post(IDS).status_code == 500


def test_chance_is_the_same_for_the_same_seed(client: SandboxClient) -> None:
    def throw() -> list[int]:
        client.control("POST", "reset", seed=3, orders=3)
        client.arm("status", status=500, times=None, probability=0.5)
        return [client.post(IDS).status_code for _ in range(40)]

    first = throw()
    assert 8 < first.count(500) < 32
    assert throw() == first


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "earthquake"},
        {"kind": "status", "colour": "red"},
        {"kind": "status", "status": "many"},
        {"kind": "status", "when": "later"},
        {"kind": "money", "shape": "shells"},
        {"kind": "html", "times": "often"},
        {"kind": "html", "probability": "high"},
    ],
)
def test_a_fault_armed_wrongly_is_refused(
    letzshop: LetzshopSandbox, client: SandboxClient, given: dict[str, str]
) -> None:
    url = f"{letzshop.url}/_control/faults"
    response = requests.post(url, json=given, timeout=5)
    assert response.status_code == 400
    assert response.json()["error"].endswith(".")
    assert client.control("GET", "faults") == []
