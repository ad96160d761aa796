"""A person sells in the browser, and the marketplace shows fewer pieces seconds later."""

from __future__ import annotations

import os
from pathlib import Path

from sandbox import DropSandbox, LetzshopSandbox
from tests.support.browser import Page, browsing
from tests.support.stage import Stage
from tests.support.store import Store

_SKU = "WATCHED"
_SOLD = 7
_CONFIRM = "button[name=action_confirm].btn-primary, button[name=action_confirm]"


def test_selling_changes_what_the_marketplace_shows(stage: Stage, tmp_path: Path) -> None:
    kept = Path(os.environ.get("ORION_SCREENSHOTS", tmp_path))
    with (
        LetzshopSandbox(orders=0, history=0) as marketplace,
        DropSandbox() as drop,
        stage.clone() as database,
        stage.running(database) as servers,
    ):
        store = Store(stage, servers)
        channel = store.connect(marketplace)
        product = _offer(store, channel)
        _tell_in_real_time(store, channel, drop)
        store.wait_until(lambda: drop.book.quantities() == {_SKU: 1000}, "the first quantity")
        with browsing(servers[0]) as page:
            page.open(f"/odoo/sales/{_quotation(store, product)}")
            page.click(_CONFIRM)
            store.wait_until(lambda: drop.book.quantities() == {_SKU: 1000 - _SOLD}, "the sale")
            store.wait_for("SELECT bool_and(stock_status = 'told') FROM orion_listing")
            _look_at_all(page, channel, drop, kept)


def _offer(store: Store, channel: int) -> int:
    """A product that the channel lists."""
    product = store.add_products([_SKU])[_SKU]
    store.client().create("orion.listing", [{"channel_id": channel, "product_id": product}])
    return int(product)


def _tell_in_real_time(store: Store, channel: int, drop: DropSandbox) -> None:
    client = store.client()
    place = {
        "letzshop_stock_way": "http",
        "letzshop_stock_address": drop.address,
        "letzshop_stock_user": drop.user,
    }
    client.call("orion.channel", "write", [channel], vals=place)
    secret = {"stock_password": drop.password}
    client.call("orion.channel", "set_credentials", [channel], values=secret)
    switched_on = {"stock_sync_enabled": True, "sync_strategy": "realtime"}
    client.call("orion.channel", "write", [channel], vals=switched_on)


def _quotation(store: Store, product: int) -> int:
    """What a person at the counter wants."""
    client = store.client()
    (customer,) = client.create("res.partner", [{"name": "A person at the counter"}])
    line = (0, 0, {"product_id": product, "product_uom_qty": _SOLD})
    (order,) = client.create("sale.order", [{"partner_id": customer, "order_line": [line]}])
    return int(order)


def _look_at_all(page: Page, channel: int, drop: DropSandbox, kept: Path) -> None:
    """The screens on which a person sees it, with a picture of each."""
    page.open("/odoo/marketplace-inventory")
    page.wait_for("document.body.innerText.includes('Up to Date')")
    page.screenshot(kept / "inventory.png")
    page.open(f"/odoo/action-orion_base.action_orion_channel/{channel}")
    page.wait_for("document.querySelector('a[name=inventory]')")
    page.click("a[name=inventory]")
    page.wait_for("document.querySelector('div[name=safety_stock] input')")
    page.screenshot(kept / "channel.png")
    page.open("/odoo/marketplaces")
    page.wait_for("document.body.innerText.includes('At Zero')")
    page.screenshot(kept / "dashboard.png")
    page.run(f"window.location = {drop.url!r}")
    page.wait_for(f"document.body.innerText.includes('{1000 - _SOLD}')")
    page.screenshot(kept / "marketplace.png")
