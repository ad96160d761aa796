"""A person sells in the browser, and the marketplace shows fewer pieces seconds later."""

from __future__ import annotations

import os
from pathlib import Path

from sandbox import DropSandbox, LetzshopSandbox
from tests.support.browser import browsing
from tests.support.stage import Stage
from tests.support.store import Store

_SKU = "WATCHED"
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
        product = store.add_products([_SKU])[_SKU]
        client = store.client()
        client.create("orion.listing", [{"channel_id": channel, "product_id": product}])
        client.call(
            "orion.channel",
            "write",
            [channel],
            vals={
                "letzshop_stock_way": "http",
                "letzshop_stock_address": drop.address,
                "letzshop_stock_user": drop.user,
            },
        )
        client.call(
            "orion.channel", "set_credentials", [channel], values={"stock_password": drop.password}
        )
        client.call(
            "orion.channel",
            "write",
            [channel],
            vals={"stock_sync_enabled": True, "sync_strategy": "realtime"},
        )
        store.wait_until(lambda: drop.book.quantities() == {_SKU: 1000}, "the first quantity")
        (customer,) = client.create("res.partner", [{"name": "A person at the counter"}])
        line = (0, 0, {"product_id": product, "product_uom_qty": 7})
        (order,) = client.create("sale.order", [{"partner_id": customer, "order_line": [line]}])

        with browsing(servers[0]) as page:
            page.open(f"/odoo/sales/{order}")
            page.click(_CONFIRM)
            store.wait_until(lambda: drop.book.quantities() == {_SKU: 993}, "what was sold")
            store.wait_for("SELECT bool_and(stock_status = 'told') FROM orion_listing")
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
            page.wait_for("document.body.innerText.includes('993')")
            page.screenshot(kept / "marketplace.png")
