"""Screens that are open follow the queue by themselves, in a real browser over a real bus."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox import LetzshopSandbox
from tests.support.browser import Page, browsing
from tests.support.stage import Stage
from tests.support.store import Store

_CONNECTED = (
    "globalThis.odoo?.__WOWL_DEBUG__?.root?.env.services.bus_service?.workerState === 'CONNECTED'"
)
_CONFIRM = "button[name=action_orion_confirm]"
_SAVE = ".o_form_button_save"
_REFERENCE = "div[name=client_order_ref] input"
#: Longer than a screen waits before it looks again.
_LONG_ENOUGH = "new Promise((done) => setTimeout(done, 3000))"


def _row(name: str) -> str:
    return (
        "[...document.querySelectorAll('.o_data_row, .o_kanban_record')]"
        f".find((row) => row.innerText.includes('{name}'))"
    )


@pytest.fixture(scope="module")
def store(stage: Stage) -> Iterator[Store]:
    with stage.clone() as database, stage.running(database) as servers:
        yield Store(stage, servers)


@pytest.fixture
def orders(store: Store) -> Iterator[list[int]]:
    with LetzshopSandbox(orders=0, history=0) as marketplace:
        marketplace.control.add_orders(2, lines=1)
        store.stock_up(marketplace)
        channel = store.connect(marketplace)
        store.import_orders(channel)
        yield sorted(store.orders(channel))


@pytest.fixture
def page(store: Store) -> Iterator[Page]:
    with browsing(store.servers[0]) as page:
        yield page


def _name(store: Store, order: int) -> str:
    return str(store.query("SELECT name FROM sale_order WHERE id = %s", order)[0][0])


def test_form_shows_the_outcome_of_its_button(store: Store, page: Page, orders: list[int]) -> None:
    page.open(f"/odoo/marketplace-orders/{orders[0]}")
    page.wait_for(_CONNECTED)
    page.click(_CONFIRM)
    page.wait_for("document.querySelector('button[name=action_orion_open_tracking]')")
    page.wait_for(f"!document.querySelector('{_CONFIRM}')")


def test_form_keeps_what_is_not_saved(store: Store, page: Page, orders: list[int]) -> None:
    order = orders[0]
    page.open(f"/odoo/marketplace-orders/{order}")
    page.wait_for(_CONNECTED)
    page.click("a[name=other_information]")
    page.type(_REFERENCE, "typed, not saved")
    store.confirm([order])
    store.settle()
    page.run(_LONG_ENOUGH)
    assert page.run(f"document.querySelector('{_REFERENCE}').value") == "typed, not saved"
    page.click(_SAVE)
    page.wait_for("document.querySelector('button[name=action_orion_open_tracking]')")
    rows = store.query("SELECT client_order_ref, state FROM sale_order WHERE id = %s", order)
    assert rows == [("typed, not saved", "sale")]


@pytest.mark.parametrize("view", ["list", "kanban"])
def test_view_shows_the_outcome(store: Store, page: Page, orders: list[int], view: str) -> None:
    page.open(f"/odoo/marketplace-orders?view_type={view}")
    row = _row(_name(store, orders[0]))
    page.wait_for(_CONNECTED)
    page.wait_for(f"document.querySelector('.o_{view}_view')")
    page.wait_for(f"{row}?.innerText.includes('Pending')")
    store.confirm([orders[0]])
    page.wait_for(f"{row}?.innerText.includes('Processing')")


def test_list_keeps_a_selection(store: Store, page: Page, orders: list[int]) -> None:
    page.open("/odoo/marketplace-orders?view_type=list")
    first, second = (_row(_name(store, order)) for order in orders)
    page.wait_for(_CONNECTED)
    page.wait_for(f"!!{second}")
    box, chosen = ".querySelector('.o_list_record_selector')", ".o_data_row_selected"
    page.run(f"{second}{box}.click()")
    page.wait_for(f"{second}.matches('{chosen}')")
    store.confirm([orders[0]])
    store.settle()
    page.run(_LONG_ENOUGH)
    assert page.run(f"{second}.matches('{chosen}')")
    page.run(f"{second}{box}.click()")
    page.wait_for(f"{first}?.innerText.includes('Processing')")
