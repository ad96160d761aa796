"""Parcels of suppliers and of kits, with Odoo's own dropshipping and manufacturing installed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.stage import Stage

_SCRIPT = """
import json
from odoo.addons.orion_orders.tests.common import GTIN, GTIN_2, line, order

company = env.company
stock = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1).lot_stock_id
route = env.ref("stock_dropshipping.route_drop_shipping")
vendor = env["res.partner"].create({"name": "Vendor"})
channel = env["orion.channel"].create({"name": "Market", "marketplace": "letzshop"})

def product(name, dropshipped=False, **values):
    if dropshipped:
        values |= {"route_ids": [(6, 0, route.ids)],
                   "seller_ids": [(0, 0, {"partner_id": vendor.id, "price": 1.0})]}
    made = env["product.product"].create({"name": name, "is_storable": True, **values})
    if not dropshipped:
        env["stock.quant"]._update_available_quantity(made, stock, 100)
    return made

chair = product("Chair", dropshipped=True, barcode=GTIN_2)
wheel, frame = product("Wheel"), product("Frame", dropshipped=True)
bike = env["product.product"].create({"name": "Bike", "is_storable": True, "barcode": GTIN})
env["mrp.bom"].create({
    "product_tmpl_id": bike.product_tmpl_id.id, "type": "phantom", "product_qty": 1,
    "bom_line_ids": [(0, 0, {"product_id": part.id, "product_qty": number})
                     for part, number in ((wheel, 2), (frame, 1))]})

def sold(external_id, gtin):
    data = order(external_id, lines=(line(f"L-{external_id}", gtin=gtin),), shipping_carrier="ups")
    env["orion.order.importer"]._import_page(channel, [data])
    sale = env["sale.order"].search([("orion_external_id", "=", external_id)])
    sale._orion_accepted()
    return sale

def buy(sale):
    bought = env["purchase.order"].search([("origin", "ilike", sale.name)])
    bought.button_confirm()
    return bought.picking_ids

def leave(delivery, number):
    delivery.carrier_tracking_ref = number
    delivery.button_validate()
    assert delivery.state == "done", delivery.state

def told(sale):
    env.flush_all()
    found = env["orion.operation"].search(
        [("operation", "=", "set_tracking"), ("res_id", "=", sale.id)], order="id")
    return [operation.payload["tracking_number"] for operation in found]

def now(sale):
    return [sale.orion_status, sale.order_line.orion_shipped_quantity, told(sale)]

chairs = sold("S1", GTIN_2)
sent = buy(chairs)
types = [sent.picking_type_code, sent.is_dropship, sent.orion_is_marketplace]
leave(sent, "D1")
dropshipped = now(chairs)
sent.carrier_tracking_ref = "D1"
again = told(chairs)

bikes = sold("S2", GTIN)
wheels = bikes.picking_ids
batch = env["orion.shipping.batch"].browse(bikes.action_orion_open_batch()["res_id"])
assert batch.line_ids.picking_id == wheels
batch.line_ids.tracking_number = "W1"
batch.line_ids._ship()
row = [batch.line_ids.result, batch.line_ids.message, wheels.state]
first = now(bikes)
frames = buy(bikes)
leave(frames, "F1")
second = now(bikes)
print("ANSWER", json.dumps({
    "types": types, "dropshipped": dropshipped, "again": again, "row": row, "first": first,
    "second": second, "numbers": [number for number, _page in bikes._orion_parcels()]}))
"""


@pytest.fixture(scope="module")
def found(stage: Stage, factory: str) -> Any:
    return stage.shell(factory, _SCRIPT)


def test_what_a_supplier_sends_is_told_once(found: Any) -> None:
    assert found["types"] == ["dropship", True, True]
    assert found["dropshipped"] == ["shipped", 1, ["D1"]]
    assert found["again"] == ["D1"]


def test_a_kit_has_left_with_its_last_parcel(found: Any) -> None:
    result, message, state = found["row"]
    assert (result, state) == ("done", "done"), message
    assert "Left to ship: 1 ×" in message
    status, shipped, told = found["first"]
    assert (status != "shipped", shipped, told) == (True, 0, ["W1"])
    # the marketplace takes one number an order
    assert found["second"] == ["shipped", 1, ["W1"]]
    assert found["numbers"] == ["W1", "F1"]
