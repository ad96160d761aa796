"""Feeds of the shop in three languages become products, and resolve unknown products of orders."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from tests.support.browser import browsing, session_of
from tests.support.stage import Stage
from tests.support.store import Store
from tools import demo
from tools.rpc import XmlRpcClient
from tools.sandbox_server import SandboxServer
from tools.server import OdooServer


class Shop:
    """A running demo with orders and published feeds."""

    def __init__(self, odoo: OdooServer, client: XmlRpcClient, sandbox: SandboxServer) -> None:
        self.odoo, self.client, self.sandbox = odoo, client, sandbox
        self._create_taxes()
        populated = demo.populate(client, sandbox)
        self.channel, self.exceptions = populated.channel, populated.exceptions
        self.before = self.waiting()
        self.catalogue = demo.import_feeds(client, sandbox, self.channel)

    def _create_taxes(self) -> None:
        """The rates of Luxembourg, as its chart of accounts brings them."""
        (country,) = self.client.search("res.country", [("code", "=", "LU")])
        (company,) = self.client.search("res.company", [], limit=1, order="id")
        group = {"name": "VAT", "company_id": company, "country_id": country}
        (group_id,) = self.client.create("account.tax.group", [group])
        rates = [0, 3, 8, 14, 17]
        values = {"country_id": country, "company_id": company, "tax_group_id": group_id}
        self.client.create(
            "account.tax", [{"name": f"VAT {rate} %", "amount": rate, **values} for rate in rates]
        )

    def waiting(self) -> dict[str, int]:
        """Unknown lines by the name of what was sold."""
        rows = self.client.read(
            "orion.order.exception",
            [("channel_id", "=", self.channel), ("status", "=", "pending")],
            ["original_product_name"],
        )
        names = [row["original_product_name"] for row in rows]
        return {name: names.count(name) for name in names}

    def products(self, sku: str, fields: list[str], lang: str = "en_US") -> list[dict[str, object]]:
        """Products with this SKU."""
        found = self.client.search("product.product", [("default_code", "=", sku)])
        rows = self.client.call(
            "product.product", "read", found, fields=fields, context={"lang": lang}
        )
        return list(rows)


@pytest.fixture(scope="module")
def shop(stage: Stage) -> Iterator[Shop]:
    with (
        stage.clone() as database,
        SandboxServer("--orders=80", "--history=0") as sandbox,
        stage.running(database) as (odoo,),
    ):
        yield Shop(odoo, XmlRpcClient(odoo.url, database), sandbox)


@pytest.fixture(scope="module")
def store(shop: Shop, stage: Stage) -> Store:
    return Store(stage, [shop.odoo])


def test_the_feeds_are_staged_and_published(shop: Shop) -> None:
    assert shop.catalogue.staged > 100
    assert shop.catalogue.published > 100
    clashes = shop.client.read(
        "orion.marketplace.product",
        [("publish_status", "=", "clash")],
        ["external_id", "publish_problem_text"],
    )
    assert all(row["publish_problem_text"] for row in clashes)
    assert len(clashes) == shop.catalogue.not_published


def test_known_products_are_linked_and_new_ones_made(shop: Shop) -> None:
    rows = shop.client.read(
        "orion.marketplace.product",
        [("published_at", "!=", False)],
        ["external_id", "is_product_created", "product_id"],
    )
    made = {row["external_id"] for row in rows if row["is_product_created"]}
    assert {row["external_id"] for row in rows} - made, "products that were there before"
    assert len({row["product_id"][0] for row in rows}) == len(rows)
    (knife,) = shop.products(
        "NEW05-16cm", ["name", "lst_price", "product_tmpl_id", "qty_available"]
    )
    (longer,) = shop.products("NEW05-24cm", ["lst_price", "product_tmpl_id"], "de_DE")
    assert knife["product_tmpl_id"][0] == longer["product_tmpl_id"][0]
    assert (knife["name"], longer["product_tmpl_id"][1].split(" (")[0][-10:]) == (
        "Chef’s knife",
        "Kochmesser",
    )
    assert float(str(longer["lst_price"])) > float(str(knife["lst_price"]))
    assert float(str(knife["qty_available"])) > 0


def test_exceptions_of_orders_are_resolved_by_what_was_published(shop: Shop) -> None:
    after = shop.waiting()
    resolved = {name for name in shop.before if name not in after}
    assert sum(shop.before.values()) - sum(after.values()) == shop.catalogue.resolved > 0
    assert resolved
    assert after, "some unknown products are in no feed"
    sources = shop.client.read(
        "orion.order.exception",
        [("channel_id", "=", shop.channel), ("status", "=", "resolved")],
        ["resolved_product_id"],
    )
    assert all(source["resolved_product_id"] for source in sources)
    assert len(sources) == shop.catalogue.resolved


def test_the_pictures_come_by_themselves(shop: Shop, stage: Stage) -> None:
    del stage
    log = shop.client.search(
        "orion.sync.log",
        [("channel_id", "=", shop.channel), ("operation_type", "=", "publish_images")],
    )
    assert log
    demo.await_end(shop.client, "orion.sync.log", log, ("pending", "running"))
    (chocolate,) = shop.products("NEW09", ["image_128"])
    assert chocolate["image_128"]
    (dress,) = shop.products("NEW01-BLUE-S", ["image_128"])
    assert dress["image_128"]


def test_publishing_again_has_nothing_to_do(shop: Shop) -> None:
    log = shop.client.call("orion.channel", "publish_products", [shop.channel])["log_id"]
    demo.await_end(shop.client, "orion.sync.log", [log], ("pending", "running"))
    (done,) = shop.client.read("orion.sync.log", [("id", "=", log)], ["counts"])
    counts = done["counts"] or {}
    assert not counts.get("products_published")
    assert not counts.get("products_updated")


def test_a_sale_ends_without_an_import(shop: Shop, store: Store) -> None:
    sku = "NEW05-20cm"
    (listing,) = shop.client.search(
        "orion.listing", [("marketplace_product_id.external_id", "=", sku)]
    )
    store.query("UPDATE orion_channel SET publish_rule = 'changes' WHERE id = %s", shop.channel)
    # as it was published while the sale went on
    store.query(
        """
        UPDATE orion_marketplace_product
           SET sale_price = 1, sale_turns_at = now() AT TIME ZONE 'UTC' - interval '1 minute',
               attributes = COALESCE(attributes, '{}')
                            || '{"sale_price_effective_date": "2020-01-01/2020-01-31"}',
               published_values = jsonb_set(published_values, '{listing,sale_price}', '1')
         WHERE external_id = %s
        """,
        sku,
    )
    shop.client.call("orion.listing", "write", [listing], vals={"sale_price": 1})
    (cron,) = shop.client.search(
        "ir.cron", [("code", "=", "model._cron_follow_sale_periods()")], limit=1
    )
    shop.client.call("ir.cron", "method_direct_trigger", [cron])
    store.wait_for("SELECT sale_price = 0 FROM orion_listing WHERE id = %s", listing)
    (log,) = shop.client.read(
        "orion.sync.log",
        [("channel_id", "=", shop.channel), ("triggered_by", "=", "scheduler"),
         ("counts", "!=", False), ("operation_type", "=", "publish")],
        ["counts"],
    )[:1]  # fmt: skip
    assert log["counts"]["products_updated"] == 1, "nothing else was published"


def test_who_fetches_the_feed(shop: Shop, store: Store) -> None:
    action = shop.client.call("orion.channel", "action_new_feed_address", [shop.channel])
    address = urlsplit(action["context"]["default_addresses"].splitlines()[0])
    fetched = "SELECT fetched_by, fetched_from FROM orion_feed_file WHERE channel_id = %s"
    headers = {"User-Agent": "Letzshop/1.0"}
    cookies = {"session_id": session_of(shop.odoo, "admin")}
    seen = requests.get(shop.odoo.url + address.path, headers=headers, cookies=cookies, timeout=60)
    assert seen.ok
    assert "\t" in seen.text
    assert store.query(fetched, shop.channel) == [(None, None)]
    answer = requests.get(shop.odoo.url + address.path, headers=headers, timeout=60)
    assert answer.content == seen.content
    store.wait_until(
        lambda: store.query(fetched, shop.channel) == [("Letzshop/1.0", "127.0.0.0/24")], "the note"
    )


def test_staged_products_and_listings_on_the_screen(shop: Shop, store: Store, stage: Stage) -> None:
    pictures = stage.environment.settings.logs
    with browsing(shop.odoo) as page:
        page.open("/odoo/marketplace-staged-products")
        page.wait_for("document.querySelector('.o_list_view .o_data_row')")
        page.screenshot(pictures / "published-1.png")
        (row,) = shop.client.search(
            "orion.marketplace.product", [("external_id", "=", "NEW05-20cm")]
        )
        store.query("UPDATE orion_marketplace_product SET is_group_left = TRUE WHERE id = %s", row)
        page.open(f"/odoo/marketplace-staged-products/{row}")
        page.wait_for("document.querySelector('button[name=action_view_listing]')")
        page.wait_for("document.body.innerText.includes('has put it into the variant group')")
        page.screenshot(pictures / "published-2.png")
        page.click("button[name=action_view_listing]")
        page.wait_for("document.body?.innerText.includes('Price in the Feed')")
        page.screenshot(pictures / "published-3.png")
        page.run("document.querySelector('input[data-value=fixed]')?.click()")
        page.click("div[name=fixed_beyond_stock] input")
        page.wait_for("document.body.innerText.includes('may sell more than there is')")
        page.run("document.querySelector('div[name=fixed_beyond_stock]').scrollIntoView(false)")
        page.screenshot(pictures / "published-5.png")
        page.click("button.o_form_button_cancel")
        page.open(f"/odoo/action-orion_base.action_orion_channel/{shop.channel}")
        page.click("a[name=feed]")
        page.wait_for("document.body.innerText.includes('Letzshop/1.0')")
        page.run("document.querySelector('div[name=feed_file_ids]').scrollIntoView()")
        page.screenshot(pictures / "published-6.png")
        page.open("/odoo/marketplace-feed-categories")
        page.wait_for("document.querySelector('.o_list_view .o_data_row')")
        page.screenshot(pictures / "published-4.png")
