"""What a manager clicks when something is odd with keys: surplus, held, locked, digital later."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import Page, browsing
from tests.support.stage import Stage

_SECONDS = 60
_PREPARE = """
import json
from odoo.addons.orion_digital_keys.key_store import NewKey, add_keys

company, keys = env.company, env["orion.digital.key"]
env.user.group_ids += env.ref("product.group_product_manager")

def product(name, **values):
    return env["product.product"].create(
        {"name": name, "type": "service", "list_price": 0.0, "taxes_id": False, **values})

def fill(batch, *plains):
    add_keys(batch, [NewKey(plain) for plain in plains])
    return keys.search([("batch_id", "=", batch.id)], order="id")

def sell(sold):
    order = env["sale.order"].create({"partner_id": customer.id, "order_line": [
        (0, 0, {"product_id": sold.id, "price_unit": 0.0})]})
    order.action_confirm()
    return order

customer = env["res.partner"].create({"name": "Camille", "email": "camille@example.com"})
supplier = env["orion.channel"].create({"name": "Supplier", "marketplace": "codeswholesale"})
racer = product("Racer", orion_is_digital=True, orion_key_source="supplier")
purchase = env["orion.key.purchase"].create({
    "reference": "ORION-1", "channel_id": supplier.id, "product_id": racer.id,
    "external_product_id": "R1", "quantity": 1, "unit_price": 8.0, "cost": 8.0,
    "currency_id": company.currency_id.id, "state": "done", "supplier_order_id": "S-1"})
batch = keys._make_batch(racer, company, "supplier", purchase_id=purchase.id, unit_cost=8.0)
bought = fill(batch, "RACER-0001-AAAA", "RACER-0002-BBBB", "RACER-0003-CCCC")
purchase._lock_surplus(bought[1:])

quest = product("Quest", orion_is_digital=True)
held = sell(quest) | sell(quest)
held.orion_piece_ids._hold("purchase_failed")

pool = product("Pool Game", orion_is_digital=True)
free = fill(keys._make_batch(pool, company, "paste"), "POOL-0001-AAAA", "POOL-0002-BBBB")

voucher = product("Voucher")
former = sell(voucher)
fill(keys._make_batch(voucher, company, "paste"), "VOUCHER-0001-AAAA")
env.cr.commit()
print("ANSWER", json.dumps({
    "purchase": purchase.id, "surplus": bought[1:].ids, "held": held.ids, "free": free.ids,
    "pool": pool.id, "voucher": voucher.product_tmpl_id.id, "former": former.id}))
"""


@dataclass
class Desk:
    """A browser of a manager, and the database behind it."""

    stage: Stage
    database: str
    page: Page
    ids: dict[str, Any]
    kept: Path

    def query(self, statement: str, *parameters: Any) -> list[Any]:
        return self.stage.databases.query(self.database, statement, parameters)

    def wait(self, condition: Callable[[], Any], what: str) -> None:
        deadline = time.monotonic() + _SECONDS
        while not condition():
            assert time.monotonic() < deadline, f"not within {_SECONDS} s: {what}"
            time.sleep(0.1)

    def key_states(self, name: str) -> list[str]:
        rows = self.query(
            "SELECT state FROM orion_digital_key WHERE id = ANY(%s) ORDER BY id", self.ids[name]
        )
        return [state for (state,) in rows]

    def piece_states(self, order_ids: list[int]) -> list[str]:
        rows = self.query(
            "SELECT state FROM orion_digital_piece WHERE order_id = ANY(%s) ORDER BY id", order_ids
        )
        return [state for (state,) in rows]

    def shot(self, name: str) -> None:
        self.page.screenshot(self.kept / f"{name}.png")

    def choose(self, number: int) -> None:
        """Tick one row of a list."""
        self.page.click(f".o_data_row:nth-of-type({number}) .o_list_record_selector input")

    def press(self, text: str, within: str = "") -> None:
        """Click the button that says so."""
        buttons = f"Array.from(document.querySelectorAll({json.dumps(within + ' button')}))"
        found = f"{buttons}.find(b => b.innerText.trim() === {json.dumps(text)} && !b.disabled)"
        self.page.wait_for(found)
        self.page.run(f"{found}.click()")

    def rows(self, number: int) -> None:
        self.page.wait_for(f"document.querySelectorAll('.o_data_row').length === {number}")


@pytest.fixture(scope="module")
def desk(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    kept = Path(os.environ.get("ORION_SCREENSHOTS", tmp_path_factory.mktemp("shots")))
    with stage.clone() as database:
        ids = stage.shell(database, _PREPARE)
        with stage.running(database) as servers, browsing(servers[0]) as page:
            yield Desk(stage, database, page, ids, kept)


def test_surplus_keys_go_into_the_pool_or_are_thrown_away(desk: Desk) -> None:
    page = desk.page
    page.open(f"/odoo/action-orion_digital_keys.action_orion_key_purchase/{desk.ids['purchase']}")
    page.wait_for("document.querySelector('button[name=action_open_surplus]')")
    assert "Ask the supplier" in page.text
    desk.shot("purchase_with_surplus")
    page.click("button[name=action_open_surplus]")
    desk.rows(2)
    assert desk.key_states("surplus") == ["invalid", "invalid"]
    desk.choose(1)
    page.wait_for("document.querySelector('button[name=action_release_surplus]')")
    assert not page.run("!!document.querySelector('button[name=action_open_lock]')")
    desk.shot("surplus_keys")
    page.click("button[name=action_release_surplus]")
    page.wait_for("document.querySelector('.modal')")
    desk.shot("surplus_into_the_pool")
    page.click(".modal footer .btn-primary")
    desk.rows(1)
    desk.choose(1)
    page.click("button[name=action_discard_surplus]")
    page.click(".modal footer .btn-primary")
    desk.rows(0)
    assert "All surplus keys are settled" in page.text
    desk.shot("surplus_settled")
    assert sorted(desk.key_states("surplus")) == ["available", "invalid"]
    [(reason,)] = desk.query(
        "SELECT reason FROM orion_key_purchase WHERE id = %s", desk.ids["purchase"]
    )
    assert reason is None


def test_held_keys_are_released_with_a_reason(desk: Desk) -> None:
    page = desk.page
    page.open("/odoo/action-orion_digital_keys.action_orion_order_waiting")
    desk.rows(2)
    desk.choose(1)
    desk.choose(2)
    desk.press("Release Held Keys")
    page.wait_for("document.querySelectorAll('.modal .o_data_row').length === 2")
    page.type(".modal div[name=reason] input", "The supplier refunded both.")
    desk.shot("release_held_keys")
    desk.press("Release", ".modal")
    desk.wait(
        lambda: desk.piece_states(desk.ids["held"]) == ["waiting"] * 2, "the pieces to wait again"
    )
    page.wait_for("!document.querySelector('.modal')")
    notes = desk.query(
        "SELECT count(*) FROM mail_message WHERE model = 'sale.order' AND res_id = ANY(%s)"
        " AND body LIKE '%%refunded both%%'",
        desk.ids["held"],
    )
    assert notes == [(2,)]


def test_free_keys_are_locked_with_a_reason(desk: Desk) -> None:
    page = desk.page
    page.open("/odoo/action-orion_digital_keys.action_orion_digital_key")
    page.wait_for("document.querySelectorAll('.o_data_row').length > 2")
    page.run(
        "Array.from(document.querySelectorAll('.o_data_row'))"
        ".filter(row => row.innerText.includes('Pool Game'))"
        ".forEach(row => row.querySelector('.o_list_record_selector input').click())"
    )
    page.click("button[name=action_open_lock]")
    page.wait_for("document.querySelector('.modal div[name=reason] input')")
    page.type(".modal div[name=reason] input", "POOL-0001-AAAA was posted in a forum.")
    desk.shot("lock_keys")
    desk.press("Lock", ".modal")
    desk.wait(lambda: desk.key_states("free") == ["invalid"] * 2, "the keys to be locked")
    page.wait_for("!document.querySelector('.modal')")
    reasons = desk.query(
        "SELECT DISTINCT reason FROM orion_digital_key WHERE id = ANY(%s)", desk.ids["free"]
    )
    assert reasons == [("POOL**** was posted in a forum.",)]


def test_a_product_becomes_digital_and_its_former_order_is_served(desk: Desk) -> None:
    page = desk.page
    page.open(f"/odoo/product.template/{desk.ids['voucher']}")
    page.click("a[name=orion_digital]")
    page.click("div[name=orion_is_digital] input")
    page.wait_for("document.body.innerText.includes('confirmed and paid')")
    desk.shot("becomes_digital")
    assert desk.piece_states([desk.ids["former"]]) == []
    page.click(".o_form_button_save")
    desk.wait(
        lambda: desk.piece_states([desk.ids["former"]]) == ["delivered"], "the key of the order"
    )
    page.wait_for("!document.body.innerText.includes('confirmed and paid')")


def test_the_preview_of_an_import_leaves_near_duplicates_out(desk: Desk) -> None:
    page = desk.page
    page.open(f"/odoo/product.product/{desk.ids['pool']}")
    page.click("a[name=orion_digital]")
    page.click("button[name=action_orion_import_keys]")
    page.type("div[name=pasted] textarea", "NEW1-2345-6789\nnew1-2345-6789\nNEW2-2345-6789")
    page.click("button[name=action_preview].btn-primary")
    page.wait_for("document.body.innerText.includes('Nearly the same as another key')")
    desk.shot("import_preview_near_duplicates")
    page.click("button[name=action_import]")
    count = "SELECT count(*) FROM orion_digital_key WHERE product_id = %s AND state = 'available'"
    desk.wait(lambda: desk.query(count, desk.ids["pool"]) == [(2,)], "two new keys")
