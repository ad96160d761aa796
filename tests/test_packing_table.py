"""Twenty orders from the list to the doorstep, in a browser, with a carrier and a marketplace."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import LabelSandbox, LetzshopSandbox
from sandbox.carriers.pdf import label_pdf
from tests.support.browser import Page, browsing
from tests.support.stage import Stage
from tests.support.store import Store, confirmed_once

ORDERS = 20
_SELECT_ALL = "thead .o_list_record_selector input"
_ROWS = "[...document.querySelectorAll('.o_field_x2many_list .o_data_row')]"


@pytest.fixture(scope="module")
def store(stage: Stage) -> Iterator[Store]:
    with stage.clone() as database, stage.running(database) as servers:
        yield Store(stage, servers)


@pytest.fixture
def page(store: Store) -> Iterator[Page]:
    with browsing(store.servers[0]) as page:
        yield page


def _show(page: Page, name: str) -> None:
    """A picture for people, where a folder for it is named."""
    folder = os.environ.get("ORION_SCREENSHOTS")
    if folder:
        page.screenshot(Path(folder) / f"{name}.png")


def _lead_carriers_to(store: Store, labels: LabelSandbox) -> None:
    client = store.client()
    client.call(
        "ir.config_parameter",
        "set_param",
        key="orion_base.allow_private_addresses",
        value="True",
    )
    codes = ("greco", "colissimo", "xpresslogistics")
    carriers = client.search("delivery.carrier", [("orion_code", "in", codes)])
    client.call(
        "delivery.carrier", "write", carriers, vals={"orion_label_url_prefix": labels.prefix}
    )


def _orders_to_ship(store: Store, marketplace: LetzshopSandbox) -> tuple[list[int], list[str]]:
    # of a few the shop has no product any more
    marketplace.control.add_orders(ORDERS + 5, lines=2, quantity=2)
    store.stock_up(marketplace)
    channel = store.connect(marketplace)
    store.import_orders(channel)
    orders, shipments = (found[:ORDERS] for found in store.confirmable(channel))
    assert len(orders) == ORDERS
    store.confirm(orders)
    store.settle()
    carriers = dict(
        store.query("SELECT orion_code, id FROM delivery_carrier WHERE orion_code IS NOT NULL")
    )
    client = store.client()
    nobodys = client.search("sale.order", [("id", "in", orders), ("carrier_id", "=", False)])
    if nobodys:
        client.call("sale.order", "write", nobodys, vals={"carrier_id": carriers["colissimo"]})
    return orders, shipments


def _keep_a_part(store: Store, order: int) -> None:
    """Only one piece of each line of the order's delivery is there."""
    store.query(
        "UPDATE stock_move_line SET quantity = 1 WHERE picking_id IN"
        " (SELECT id FROM stock_picking WHERE sale_id = %s)",
        order,
    )
    store.query(
        "UPDATE stock_move SET quantity = 1 WHERE picking_id IN"
        " (SELECT id FROM stock_picking WHERE sale_id = %s)",
        order,
    )


def _saved(folder: Path) -> bytes:
    """The file that the browser has saved."""
    deadline = time.monotonic() + 60
    while not (files := list(folder.glob("*.pdf"))):
        assert time.monotonic() < deadline, list(folder.iterdir())
        time.sleep(0.1)
    return files[0].read_bytes()


def test_twenty_orders_leave(store: Store, page: Page, tmp_path: Path) -> None:
    with LetzshopSandbox(orders=0, history=0) as marketplace, LabelSandbox() as labels:
        _lead_carriers_to(store, labels)
        orders, shipments = _orders_to_ship(store, marketplace)
        _keep_a_part(store, orders[0])

        _choose_all(page)
        numbers = _fetch_labels(store, page)
        assert _printed(page, tmp_path) == numbers
        assert labels.app.asked() == dict.fromkeys(numbers, 1)
        _ship(store, page)

        confirmed_once(marketplace, shipments)
        told = marketplace.control.effects(shipments)["shipments"]
        assert {name: effect["set"] for name, effect in told.items()} == dict.fromkeys(shipments, 1)
        _only_a_part_is_left(store, page, orders)


def _choose_all(page: Page) -> None:
    """Look at what is to ship, select all of it, and put it on the packing table."""
    page.open("/odoo/action-orion_orders.action_orion_order_to_ship?view_type=kanban")
    page.wait_for("document.querySelectorAll('.o_kanban_group').length")
    _show(page, "to-ship-kanban")
    page.open("/odoo/action-orion_orders.action_orion_order_to_ship")
    page.wait_for(f"document.querySelectorAll('.o_data_row').length === {ORDERS}")
    page.click(_SELECT_ALL)
    _show(page, "to-ship-list")
    page.click("button[name=action_orion_open_batch]")
    page.wait_for(f"{_ROWS}.length === {ORDERS}")


def _wait_for_all(page: Page, field: str, text: str, seconds: float = 60) -> None:
    """Until every row says so."""
    page.wait_for(
        f"{_ROWS}.filter((row) => row.querySelector('[name={field}]')"
        f"?.innerText === '{text}').length === {ORDERS}",
        seconds=seconds,
    )


def _fetch_labels(store: Store, page: Page) -> list[str]:
    """Get the labels; the shipment numbers in picking order."""
    page.click("button[name=action_fetch]")
    _wait_for_all(page, "label_state", "Ready")
    _show(page, "packing-table-labels")
    rows = store.query(
        "SELECT sale.orion_shipment_number FROM orion_shipping_batch_line line"
        " JOIN sale_order sale ON sale.id = line.order_id"
        " WHERE line.batch_id = %s ORDER BY line.sequence",
        _batch(store),
    )
    return [row[0] for row in rows]


def _batch(store: Store) -> int:
    ((batch,),) = store.query("SELECT max(id) FROM orion_shipping_batch")
    return int(batch)


def _printed(page: Page, folder: Path) -> list[str]:
    """Print; the numbers on the pages of the file that the browser has saved."""
    page.save_downloads_in(folder)
    page.click("button[name=action_print_pdf]")
    # the stand-in's labels are not compressed: their texts follow each other as printed
    return [number.decode() for number in re.findall(rb"\((H\d+)\) Tj", _saved(folder))]


def _ship(store: Store, page: Page) -> None:
    """Type the tracking numbers and ship, until the marketplace was told."""
    batch = _batch(store)
    _type_numbers(store, batch)
    page.open(f"/odoo/action-orion_shipping_labels.action_orion_shipping_batch/{batch}")
    page.wait_for(f"{_ROWS}.length === {ORDERS}")
    page.click("button[name=action_ship]")
    _wait_for_all(page, "result", "Done", seconds=120)
    _show(page, "packing-table-shipped")
    store.settle()


def _only_a_part_is_left(store: Store, page: Page, orders: list[int]) -> None:
    """Of the first order a part has left; the list and the order show the rest."""
    statuses = dict(
        store.query("SELECT id, orion_status FROM sale_order WHERE id = ANY(%s)", orders)
    )
    assert statuses.pop(orders[0]) != "shipped"
    assert set(statuses.values()) == {"shipped"}
    page.open("/odoo/action-orion_orders.action_orion_order_to_ship")
    page.wait_for("document.querySelectorAll('.o_data_row').length === 1")
    assert "1 ×" in page.text
    page.open(f"/odoo/marketplace-orders/{orders[0]}")
    page.wait_for("document.body.innerText.includes('Left to ship')")
    _show(page, "partly-shipped")


#: Buys a label for a delivery, and fails; then tries again in a new transaction.
_BUY = """
import json
from odoo.addons.orion_shipping_labels.models.orion_shipping_label_purchase import BoughtLabel
company = env.ref("base.main_company")
picking = env["stock.picking"].create({{
    "picking_type_id": env["stock.picking.type"].search([("code", "=", "outgoing")], limit=1).id,
}})
env.cr.commit()
bought = []
def buy():
    bought.append(1)
    return BoughtLabel("API%s" % len(bought), {content!r})
carrier = env.ref("orion_shipping_labels.carrier_dhl")
carrier._orion_buy_label(picking, buy)
picking.carrier_tracking_ref = "API1"
env.cr.rollback()
lost = picking.carrier_tracking_ref
again = carrier._orion_buy_label(picking, buy)
label = env["orion.shipping.label"].search([("picking_id", "=", picking.id)])
file = label.attachment_id.raw.decode("latin-1")
print("ANSWER", json.dumps([lost, again.tracking_number, len(bought), file]))
"""


def test_a_bought_label_outlives_a_rollback(store: Store) -> None:
    content = label_pdf("API1", "DHL")
    answer = store.stage.shell(store.database, _BUY.format(content=content))
    assert answer == [False, "API1", 1, content.decode("latin-1")]


def _type_numbers(store: Store, batch: int) -> None:
    client = store.client()
    lines = client.read(
        "orion.shipping.batch.line", [("batch_id", "=", batch)], ["tracking_number"]
    )
    for line in lines:
        if not line["tracking_number"]:
            client.call(
                "orion.shipping.batch.line",
                "write",
                [line["id"]],
                vals={"tracking_number": f"6A {line['id']:011d}"},
            )
