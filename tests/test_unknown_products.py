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
_ROW = ".o_orion_bulk .o_data_row"
_NEW = ".o_orion_bulk td[name=create_product] input"
_NAME = ".o_orion_bulk td[name=name] input"
#: Rows with candidates of which none is chosen.
_TO_JUDGE = (
    f"[...document.querySelectorAll('{_ROW}')].filter((row) =>"
    " row.querySelector('.o_orion_candidate') && !row.querySelector('.o_orion_candidate.active'))"
)
_DONE = (
    "[...document.querySelectorAll('.o_orion_bulk .alert-success')].some((one) => one.offsetParent)"
)
_SETTLED = {"completed"}
_PLACEHOLDER = "Unknown marketplace product"


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


def _products_to_judge(shop: Shop) -> tuple[str, list[int], list[int]]:
    """Two new products with the GTIN that most exceptions have, and one whose name is like that
    of another exception; that GTIN, the ids of the two, and of the exceptions."""
    waiting = shop.client.read(
        "orion.unknown.product", [("number", "!=", False)], ["name", "number", "product_key"]
    )
    first, second = [row for row in waiting if row["product_key"].startswith("gtin:")][:2]
    twins = shop.client.create(
        "product.product",
        [
            {"name": "Twin, small", "barcode": first["number"]},
            {"name": "Twin, large", "barcode": "0" + first["number"]},
        ],
    )
    shop.client.create("product.product", [{"name": second["name"] + " (boxed)"}])
    exceptions = shop.client.search(
        "orion.order.exception", [("product_key", "=", first["product_key"])]
    )
    return first["number"], twins, exceptions


def _outcome(shop: Shop, exception: int) -> tuple[str, int]:
    [row] = shop.client.read(
        "orion.order.exception", [("id", "=", exception)], ["status", "resolved_product_id"]
    )
    return row["status"], row["resolved_product_id"] and row["resolved_product_id"][0]


def _resolve_in_the_dialog(page: Page, gtin: str) -> None:
    """A click on the second of two products with the sold GTIN, for all that have it."""
    page.run(
        "[...document.querySelectorAll('.o_data_row')]"
        f".find((row) => row.innerText.includes({json.dumps(gtin)}))"
        ".querySelector('button[name=action_resolve]').click()"
    )
    page.click(".modal .o_orion_candidate + .o_orion_candidate")
    page.wait_for("document.querySelector('.modal .o_orion_candidate + .active')")
    page.click(".modal button[name=action_resolve]")
    page.wait_for("document.querySelector('.o_notification')")


def _judge(page: Page) -> None:
    """A click chooses a candidate, another one takes it back."""
    page.wait_for(f"{_TO_JUDGE}.length")
    left = page.run(f"{_TO_JUDGE}.length")
    page.run(f"window.chip = {_TO_JUDGE}[0].querySelector('.o_orion_candidate'), 0")
    for expected in (left - 1, left):
        page.run("window.chip.click()")
        page.wait_for(f"{_TO_JUDGE}.length === {expected}")
    for expected in reversed(range(left)):
        page.run(f"{_TO_JUDGE}[0].querySelector('.o_orion_candidate').click()")
        page.wait_for(f"{_TO_JUDGE}.length === {expected}")


def _name_the_rest(page: Page) -> list[str]:
    """What has not even a name gets one by hand, and then a product; the names."""
    inputs = f"document.querySelectorAll({json.dumps(_NAME)})"
    names = [f"Named by hand {place}" for place in range(page.run(f"{inputs}.length"))]
    for place, name in enumerate(names):
        page.run(f"{inputs}[{place}].closest('tr').id = 'nameless-{place}'")
        page.type(f"#nameless-{place} td[name=name] input", name)
        page.run("document.activeElement.blur()")
        new = f"#nameless-{place} td[name=create_product] input"
        page.click(new)
        page.wait_for(f"document.querySelector({json.dumps(new)}).checked")
    return names


def _resolve_everything(page: Page, pictures: Path) -> list[str]:
    """In the bulk screen; the names that were typed for what has none."""
    page.click(".o_orion_resolve_all")
    page.wait_for("document.querySelector('.o_orion_bulk .o_orion_candidate.active')")
    _judge(page)
    page.click("button[name=action_create_missing]")
    page.wait_for(f"document.querySelector({json.dumps(_NEW + ':checked')})")
    names = _name_the_rest(page)
    page.screenshot(pictures / "unknown-products-2.png")
    page.click("button[name=action_apply]")
    page.wait_for(_DONE)
    page.screenshot(pictures / "unknown-products-3.png")
    return names


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
    gtin, twins, alike = _products_to_judge(shop)
    with browsing(shop.odoo) as page:
        page.open("/odoo/marketplace-exceptions")
        page.wait_for("document.querySelector('.o_data_row')")
        assert _figure(page, "orders") == len(blocked)
        page.screenshot(shop.pictures / "unknown-products-1.png")
        started = time.monotonic()
        _resolve_in_the_dialog(page, gtin)
        chosen = {("resolved", twins[1])}
        assert {_outcome(shop, exception) for exception in alike} == chosen
        names = _resolve_everything(page, shop.pictures)
        page.open("/odoo/marketplace-exceptions")
        assert _figure(page, "orders") == 0
        assert _figure(page, "pending") == 0
        assert time.monotonic() - started < _LIMIT_SECONDS
        page.screenshot(shop.pictures / "unknown-products-4.png")
    assert shop.blocked() == []
    assert names
    made = shop.client.read("product.product", [("name", "in", names)], ["name"])
    assert sorted(product["name"] for product in made) == names
    assert not shop.client.search(
        "product.product", [("name", "=", _PLACEHOLDER), ("sale_ok", "=", True)]
    )

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
        page.wait_for("document.body?.innerText.includes('No unknown product here')")
        page.open("/odoo/marketplace-aliases")
        page.wait_for("document.querySelector('.o_list_view .o_data_row')")
