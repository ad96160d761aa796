"""People and workers who write the same at once: who comes second begins anew, without an error
in the log (a server whose log has one fails the test that started it); and what a carrier has
sold meanwhile is neither lost nor bought twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox import LetzshopSandbox
from tests.support.stage import Stage
from tests.support.store import Store

SKU = "HELD-1"


@pytest.fixture(scope="module")
def store(stage: Stage) -> Iterator[Store]:
    with stage.clone() as database, stage.running(database) as servers:
        yield Store(stage, servers)


@pytest.fixture(scope="module")
def marketplace() -> Iterator[LetzshopSandbox]:
    with LetzshopSandbox(orders=0, history=0) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def channel(store: Store, marketplace: LetzshopSandbox) -> int:
    return store.connect(marketplace)


@pytest.fixture(scope="module")
def listing(store: Store, channel: int) -> int:
    """A product that is listed there, and whose stock was told."""
    client = store.client()
    product = store.add_products([SKU])[SKU]
    (created,) = client.create("orion.listing", [{"channel_id": channel, "product_id": product}])
    vals = {"stock_sync_enabled": True, "sync_strategy": "manual"}
    client.call("orion.channel", "write", [channel], vals=vals)
    assert client.call("orion.channel", "push_inventory", [channel])["success"]
    return int(created)


#: What the job writes of each listing that it looks at.
_LOOKED_AT = "UPDATE orion_listing SET stock_looked_at = now() WHERE id = %s"


def test_a_listing_is_saved_while_the_job_looks_at_it(store: Store, listing: int) -> None:
    vals = {"safety_stock": 7}
    store.call_meanwhile(_LOOKED_AT, listing, "orion.listing", "write", vals=vals)
    rows = store.query("SELECT safety_stock FROM orion_listing WHERE id = %s", listing)
    assert rows == [(7,)]


def test_the_job_looks_at_a_listing_that_is_being_saved(
    store: Store, channel: int, listing: int
) -> None:
    store.query(
        "UPDATE orion_listing SET stock_available = -1, stock_looked_at = NULL WHERE id = %s",
        listing,
    )
    saving = "UPDATE orion_listing SET price = 12 WHERE channel_id = %s RETURNING id"
    answer = store.call_meanwhile(saving, channel, "orion.channel", "push_inventory")
    assert answer["success"], answer
    rows = store.query(
        "SELECT price::int, stock_available::int FROM orion_listing WHERE id = %s", listing
    )
    assert rows == [(12, 1000)]


def test_a_row_is_published_by_two_at_once(store: Store, channel: int) -> None:
    ((row,),) = store.query(
        "INSERT INTO orion_marketplace_product (channel_id, external_id, gtin, title, price,"
        " digests, row_digests, first_seen_at)"
        " VALUES (%s, 'TWICE', '04006381333931', '{\"en_US\": \"Twice\"}', 9.9,"
        ' \'{"en": "1"}\', \'{"en": "1"}\', now()) RETURNING id',
        channel,
    )
    publishing = (
        "UPDATE orion_marketplace_product SET published_at = now(), published_digests = '{}'"
        " WHERE id = %s"
    )
    store.call_meanwhile(publishing, row, "orion.marketplace.product", "publish")
    products = store.query(
        "SELECT count(*) FROM product_product WHERE barcode LIKE %s", "%6381333931"
    )
    assert products == [(1,)]


_BUYING = """
import json
from odoo.exceptions import UserError
from odoo.addons.orion_shipping_labels.models.orion_shipping_label_purchase import BoughtLabel
from sandbox.carriers.pdf import label_pdf

order = env["sale.order"].browse({order})
carrier = env.ref("orion_shipping_labels.carrier_dhl")
(order | order.picking_ids.sale_id).carrier_id = carrier
order.picking_ids.carrier_id = carrier
delivery = order.picking_ids
env.cr.commit()
refused = []

def others_try(call):
    with env.registry.cursor() as cr:
        try:
            call(env(cr=cr))
        except UserError as error:
            refused.append(str(error))
        else:
            refused.append("")

def press(other):
    labels = other["orion.shipping.label"].search([("picking_id", "=", delivery.id)])
    labels.action_nothing_bought()

def validate(other):
    theirs = delivery.with_env(other)
    carrier.with_env(other)._orion_buy_label(theirs, lambda: BoughtLabel("API2"))

def buy():
    others_try(press)
    others_try(validate)
    return BoughtLabel("API1", label_pdf("API1", "DHL"), "pdf", 4.5)

# as an addon of a carrier that buys while deliveries are validated
pickings = type(env["stock.picking"])
validated = pickings._action_done

def _action_done(self):
    for picking in self:
        picking.carrier_id._orion_buy_label(picking, buy)
    return validated(self)

pickings._action_done = _action_done
batch = env["orion.shipping.batch"].browse(order.action_orion_open_batch()["res_id"])
row = batch.line_ids
row.tracking_number = "API1"
env.cr.commit()
for request in ("action_ship", "action_continue", "action_fetch"):
    getattr(batch, request)()
    env.cr.commit()
print("ANSWER", json.dumps({{
    "refused": refused, "result": row.result, "message": row.message,
    "label": [row.label_id.tracking_number, row.label_state], "labels": batch.pdf_count,
}}))
"""


def test_a_label_is_bought_while_others_look(
    store: Store, marketplace: LetzshopSandbox, channel: int
) -> None:
    marketplace.control.add_orders(1, lines=1)
    store.stock_up(marketplace)
    store.import_orders(channel)
    (order,), _shipments = store.confirmable(channel)
    store.confirm([order])
    store.settle()
    answer = store.stage.shell(store.database, _BUYING.format(order=order))
    pressed, validated = answer["refused"]
    assert "is being bought" in pressed and "at this moment" in pressed
    assert "is being bought" in validated and "at this moment" in validated
    # in a request that began before the label was kept it is not to be seen, in the next it is
    assert answer["label"] == ["API1", "fetched"]
    assert (answer["result"], answer["labels"]) == ("done", 1), answer
    store.settle()
