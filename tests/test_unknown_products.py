"""From orders blocked by unknown products to none, in a browser; then the marketplace is told."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.browser import Page, browsing
from tests.support.stage import Stage
from tools import demo
from tools.rpc import XmlRpcClient
from tools.sandbox_server import SandboxServer
from tools.server import OdooServer

_LIMIT_SECONDS = 60
_NEW = ".o_orion_bulk td[name=create_product] input"
_DONE = (
    "[...document.querySelectorAll('.o_orion_bulk .alert-success')].some((one) => one.offsetParent)"
)
_SETTLED = {"completed"}


@dataclass
class Shop:
    """A running demo whose sandbox has sold products that nobody knows."""

    odoo: OdooServer
    client: XmlRpcClient
    sandbox: SandboxServer
    channel: int
    pictures: Path

    def blocked(self) -> list[int]:
        """Orders with an unknown product."""
        rows = self.client.read(
            "orion.order.exception", [("status", "in", ("pending", "ignored"))], ["order_id"]
        )
        return sorted({row["order_id"][0] for row in rows})


@pytest.fixture(scope="module")
def shop(stage: Stage) -> Iterator[Shop]:
    with (
        stage.clone() as database,
        SandboxServer("--orders=120", "--history=0") as sandbox,
        stage.running(database) as (odoo,),
    ):
        client = XmlRpcClient(odoo.url, database)
        populated = demo.populate(client, sandbox)
        by_hand = {"auto_sync_enabled": False}
        client.call("orion.channel", "write", [populated.channel], vals=by_hand)
        yield Shop(odoo, client, sandbox, populated.channel, stage.environment.settings.logs)


def _figure(page: Page, name: str) -> int:
    element = f"document.querySelector('.o_orion_overview [data-figure={name}] .o_orion_value')"
    page.wait_for(element)
    return int(page.run(f"{element}.innerText"))


def _tick_the_rest(page: Page) -> None:
    """What has not even a name gets a product by hand."""
    unticked = f"document.querySelectorAll({json.dumps(_NEW + ':not(:checked)')})"
    while left := page.run(f"{unticked}.length"):
        page.run(f"{unticked}[0].click()")
        page.wait_for(f"{unticked}.length < {left}")


def _choose_a_candidate(page: Page) -> None:
    """A click takes the proposal back, another one chooses it again."""
    chip = ".o_orion_bulk .o_orion_candidate"
    for chosen in ("", ".active"):
        page.click(f"{chip}.active" if not chosen else chip)
        page.wait_for(f"document.querySelectorAll('{chip}.active').length === {int(bool(chosen))}")


def _resolve_everything(page: Page, pictures: Path) -> None:
    page.click(".o_orion_resolve_all")
    _choose_a_candidate(page)
    page.click("button[name=action_create_missing]")
    page.wait_for(f"document.querySelector({json.dumps(_NEW + ':checked')})")
    _tick_the_rest(page)
    page.screenshot(pictures / "unknown-products-2.png")
    page.click("button[name=action_apply]")
    page.wait_for(_DONE)
    page.screenshot(pictures / "unknown-products-3.png")


def _wait_until_told(shop: Shop, operations: list[int]) -> None:
    deadline = time.monotonic() + _LIMIT_SECONDS
    while True:
        rows = shop.client.call("orion.operation", "read", operations, fields=["status", "applied"])
        if all(row["applied"] and row["status"] in _SETTLED for row in rows):
            return
        assert time.monotonic() < deadline, rows
        time.sleep(0.3)


def test_from_blocked_to_none_in_under_a_minute(shop: Shop) -> None:
    blocked = shop.blocked()
    assert len(blocked) > 8
    with browsing(shop.odoo) as page:
        page.open("/odoo/marketplace-exceptions")
        page.wait_for("document.querySelector('.o_data_row')")
        assert _figure(page, "orders") == len(blocked)
        page.screenshot(shop.pictures / "unknown-products-1.png")
        started = time.monotonic()
        _resolve_everything(page, shop.pictures)
        page.open("/odoo/marketplace-exceptions")
        assert _figure(page, "orders") == 0
        assert _figure(page, "pending") == 0
        assert time.monotonic() - started < _LIMIT_SECONDS
        page.screenshot(shop.pictures / "unknown-products-4.png")
    assert shop.blocked() == []

    confirmed = shop.client.call("sale.order", "orion_confirm", blocked)
    assert confirmed["success"], confirmed
    _wait_until_told(shop, confirmed["operation_ids"])
    orders = shop.client.call(
        "sale.order", "read", blocked, fields=["orion_status", "orion_external_id"]
    )
    assert {order["orion_status"] for order in orders} <= {"confirmed", "processing"}
    for order in orders:
        shipment = shop.sandbox.control("GET", f"shipments/{order['orion_external_id']}")
        assert {unit["state"] for unit in shipment["units"]} == {"confirmed_available"}


def test_each_menu_and_view_opens_without_data(shop: Shop) -> None:
    with browsing(shop.odoo) as page:
        page.open("/odoo/marketplace-exceptions")
        page.wait_for("document.body?.innerText.includes('Every product is known')")
        page.open("/odoo/marketplace-aliases")
        page.wait_for("document.querySelector('.o_list_view .o_data_row')")
