"""Shipments that Letzshop tells anew, with something in them changed."""

from datetime import datetime, timedelta, timezone

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.orion_letzshop.lib.mapper import map_shipment

from .common import LetzshopCase
from .shipments import ADDRESS, shipment, unit, variant

T0 = datetime(2026, 11, 1, 12, tzinfo=timezone.utc)
OTHER = variant(id="vB", sku="SKU-2", price="99.00", tradeId=None)


class NewerDataCase(LetzshopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["product.product"].create(
            [
                {"name": "Pen", "default_code": "SKU-1", "is_storable": True},
                {"name": "Lamp", "default_code": "SKU-2", "is_storable": True},
            ]
        )

    def setUp(self):
        super().setUp()
        self.readings = 0

    def read(self, **values):
        """The order, after this was read; each time an hour later."""
        self.readings += 1
        data = map_shipment(shipment(**values), T0 + timedelta(hours=self.readings))
        result = self.env["orion.order.importer"]._import_page(self.channel, [data])
        self.assertFalse(result.failed, result.errors)
        self.env.invalidate_all()
        return self.env["sale.order"].search([("orion_external_id", "=", data.external_id)])

    def notes(self, order):
        return " ".join(order.message_ids.filtered("body").mapped("body"))


@tagged("post_install", "-at_install")
class TestGrownShipment(NewerDataCase):
    def test_a_new_product_of_an_open_order_gets_its_line(self):
        order = self.read(inventoryUnits=[unit("n1")])
        self.read(inventoryUnits=[unit("n1"), unit("n2"), unit("n3", variant=OTHER)])
        pens, lamp = order.order_line.sorted("sequence")
        self.assertEqual((pens.product_uom_qty, pens.orion_sold_quantity), (2, 2))
        self.assertEqual((lamp.product_uom_qty, lamp.orion_sold_quantity), (1, 1))
        self.assertEqual(lamp.product_id.default_code, "SKU-2")
        self.assertAlmostEqual(order.amount_total, 2 * 49.95 + 99.0)
        self.assertFalse(order.orion_hold_reason)
        self.assertEqual(self.pieces(order).order_line_id, order.order_line)
        self.assertIn("Added on Our Letzshop", self.notes(order))
        result = order.orion_confirm()
        [operation] = self.env["orion.operation"].browse(result["operation_ids"])
        self.assertEqual(operation.payload["units"], ["n1", "n2", "n3"])

    def test_a_piece_stays_on_its_line_under_another_variant_or_none(self):
        order = self.read(inventoryUnits=[unit("n1"), unit("n2")])
        anew = variant(id="vA-again")
        self.read(inventoryUnits=[unit("n1", variant=anew), unit("n2", variant=anew)])
        self.read(inventoryUnits=[unit("n1", variant=None), unit("n2", variant=anew)])
        self.assertEqual(len(order.order_line), 1)
        self.assertEqual(order.order_line.orion_sold_quantity, 2)
        self.assertFalse(self.env["orion.order.exception"].search([("order_id", "=", order.id)]))
        # what comes with the new variant is new for itself only, however often it is told
        for _time in range(2):
            self.read(inventoryUnits=[unit(name, variant=anew) for name in ("n1", "n2", "n3")])
        self.assertEqual(order.order_line.sorted("id").mapped("product_uom_qty"), [2, 1])
        self.assertEqual(order.order_line.sorted("id").mapped("orion_sold_quantity"), [2, 1])
        self.assertAlmostEqual(order.amount_total, 3 * 49.95)
        self.assertFalse(order.orion_hold_reason)

    def test_people_change_what_was_accepted_and_newer_data_leaves_it(self):
        units = [unit(name, state="confirmed_available") for name in ("n1", "n2", "n3")]
        order = self.read(inventoryUnits=[unit("n1"), unit("n2"), unit("n3")])
        self.read(inventoryUnits=units, state="confirmed")
        order.locked = False
        order.order_line.product_uom_qty = 2
        self.read(inventoryUnits=units, state="confirmed", number="H2")
        self.assertEqual(order.order_line.product_uom_qty, 2)
        # a piece comes back: that is the marketplace's word again
        units[0] = unit("n1", state="returned")
        more = [*units, unit("n4", state="confirmed_available")]
        self.read(inventoryUnits=more, state="confirmed")
        self.assertEqual(order.order_line.product_uom_qty, 4)

    def test_a_new_product_that_nobody_knows_blocks(self):
        order = self.read(inventoryUnits=[unit("n1")])
        unknown = variant(id="vC", sku="NOBODY", price="1.00", tradeId=None)
        self.read(inventoryUnits=[unit("n1"), unit("n2", variant=unknown)])
        line = order.order_line.filtered("orion_needs_product_match")
        self.assertEqual(len(line), 1)
        self.assertTrue(self.env["orion.order.exception"].search([("order_line_id", "=", line.id)]))
        with self.assertRaisesRegex(UserError, "product"):
            order.orion_confirm()

    def test_a_new_product_of_an_accepted_order_waits_for_its_own_decision(self):
        accepted = unit("n1", state="confirmed_available")
        order = self.read(inventoryUnits=[unit("n1")])
        self.read(inventoryUnits=[accepted], state="confirmed")
        self.assertEqual(order.state, "sale")
        self.read(inventoryUnits=[accepted, unit("n2", variant=OTHER)])
        lamp = order.order_line.filtered(lambda line: line.product_id.default_code == "SKU-2")
        self.assertEqual((lamp.product_uom_qty, order.letzshop_units_to_decide), (0, 1))
        self.assertEqual(order.picking_ids.move_ids.product_id.default_code, "SKU-1")
        later = unit("n2", variant=OTHER, state="confirmed_available")
        self.read(inventoryUnits=[accepted, later], state="confirmed")
        self.assertEqual(lamp.product_uom_qty, 1)
        self.assertAlmostEqual(order.amount_total, 49.95 + 99.0)
        self.assertEqual(
            set(order.picking_ids.move_ids.product_id.mapped("default_code")), {"SKU-1", "SKU-2"}
        )

    def test_a_new_product_that_nobody_knows_blocks_an_accepted_order_too(self):
        accepted = unit("n1", state="confirmed_available")
        order = self.read(inventoryUnits=[unit("n1")])
        self.read(inventoryUnits=[accepted], state="confirmed")
        unknown = variant(id="vC", sku="NOBODY", price="1.00", tradeId=None)
        self.read(inventoryUnits=[accepted, unit("n2", variant=unknown)])
        with self.assertRaisesRegex(UserError, "product"):
            order.orion_confirm()
        order.orion_reject(reason="Sold out")

    def test_a_new_product_of_a_refused_order_is_noted(self):
        order = self.read(inventoryUnits=[unit("n1")])
        refused = unit("n1", state="confirmed_unavailable")
        self.read(inventoryUnits=[refused], state="confirmed")
        self.read(inventoryUnits=[refused, unit("n2", variant=OTHER)])
        self.assertEqual(len(order.order_line), 1)
        self.assertIn("after the order was decided", self.notes(order))

    def test_no_piece_without_a_line_is_accepted(self):
        order = self.read(inventoryUnits=[unit("n1"), unit("n2")])
        self.pieces(order)[1].order_line_id = False
        with self.assertRaisesRegex(UserError, "without an order line.*Stylo"):
            order.orion_confirm()
        order.orion_confirm(inventory_unit_ids=["n1"])
        self.read(inventoryUnits=[unit("n1"), unit("n2")], number="H2")
        self.assertEqual(self.pieces(order).order_line_id, order.order_line)


@tagged("post_install", "-at_install")
class TestCurrency(NewerDataCase):
    FRANCS = {"inventoryUnits": [unit("f1", variant=variant(price="20.00 CHF"))]}

    def test_a_total_in_another_currency_holds_the_order(self):
        order = self.read(order={"total": "105.91 CHF"}, inventoryUnits=[unit("n1")])
        self.assertEqual(order.currency_id.name, "CHF")
        self.assertFalse(order.orion_hold_reason)
        self.read(id="other", order={"total": "20.00 EUR"}, **self.FRANCS)
        held = self.env["sale.order"].search([("orion_external_id", "=", "other")])
        self.assertEqual((held.currency_id.name, held.orion_sync_status), ("CHF", "error"))
        self.assertIn("priced in CHF, but Our Letzshop names EUR too", held.orion_hold_reason)
        with self.assertRaisesRegex(UserError, "on hold"):
            held.orion_confirm()
        self.read(id="other", order={"total": "20.00 CHF"}, **self.FRANCS)
        self.assertFalse(held.orion_hold_reason)
        held.orion_confirm()

    def test_pieces_in_another_currency_than_before_hold_the_order(self):
        order = self.read(inventoryUnits=[unit("f1", variant=variant(price="20.00"))])
        self.read(order={"total": "20.00 CHF"}, **self.FRANCS)
        self.assertIn("priced in EUR, but Our Letzshop names CHF too", order.orion_hold_reason)
        self.assertEqual((order.currency_id.name, order.amount_total), ("EUR", 20.0))

    def test_a_currency_without_a_rate_is_told_once(self):
        francs = self.env.ref("base.CHF")
        francs.rate_ids.unlink()
        francs.active = False
        self.read(**self.FRANCS)
        self.assertTrue(francs.active)
        self.read(id="other", **self.FRANCS)
        told = self.channel.activity_ids.filtered(lambda one: one.summary.startswith("CHF"))
        self.assertEqual(len(told), 1)
        self.assertIn("no rate", told.note)

    def test_francs_from_the_sandbox_to_the_order(self):
        self.control.reset(seed=1, orders=40, history=0)
        swiss = self.control.shipments(vendor="lux-shop", trait="swiss")
        self.assertTrue(swiss)
        orders = self.imported([one["id"] for one in swiss])
        self.assertEqual(orders.currency_id.mapped("name"), ["CHF"])
        self.assertEqual(set(orders.mapped("orion_hold_reason")), {False})
        others = self.env["sale.order"].search([("orion_channel_id", "=", self.channel.id)])
        self.assertEqual((others - orders).currency_id.mapped("name"), ["EUR"])


@tagged("post_install", "-at_install")
class TestMovedShipment(NewerDataCase):
    ELSEWHERE = {**ADDRESS, "streetName": "Neie Wee", "streetNumber": "7"}

    def test_an_open_order_goes_to_the_newest_address(self):
        order = self.read()
        customer = order.partner_id
        moved = {"shipAddress": self.ELSEWHERE, "email": "anna.new@example.com"}
        self.read(order=moved)
        self.assertEqual(order.partner_shipping_id.street, "Neie Wee 7")
        self.assertEqual(order.partner_shipping_id.parent_id, customer)
        self.assertEqual(order.partner_invoice_id.street, "Rue Exemple 12")
        self.assertEqual((order.partner_id, order.orion_customer_email), (customer, moved["email"]))
        self.assertAlmostEqual(order.amount_total, 2 * 49.95)
        self.assertIn("the order follows it: Anna Test, Neie Wee 7, LU 1111", self.notes(order))
        self.read(order=moved, number="H2")
        self.assertEqual(self.notes(order).count("Neie Wee"), 1)

    def test_what_a_person_has_chosen_stays_while_nothing_changes(self):
        order = self.read()
        order.partner_shipping_id = chosen = self.env["res.partner"].create({"name": "Neighbour"})
        self.read(number="H2")
        self.assertEqual(order.partner_shipping_id, chosen)

    def test_an_accepted_order_is_noted(self):
        accepted = [unit("n1", state="confirmed_available")]
        order = self.read(inventoryUnits=[unit("n1")])
        self.read(inventoryUnits=accepted, state="confirmed")
        self.read(inventoryUnits=accepted, state="confirmed", order={"shipAddress": self.ELSEWHERE})
        self.assertEqual(order.partner_shipping_id.street, "Rue Exemple 12")
        self.assertIn("after the order was accepted: Anna Test, Neie Wee 7", self.notes(order))

    def test_the_link_follows_carrier_and_number(self):
        order = self.read(data=None)
        self.assertFalse(order.orion_tracking_url)
        self.read(data={"__typename": "Greco"})
        prefix = "https://dispatchweb.fr/Tracky/Home/"
        self.assertEqual(order.orion_tracking_url, prefix + "H74683403433")
        self.read(number="H2")
        self.assertEqual(order.orion_tracking_url, prefix + "H2")
        self.read(number="H2", data={"__typename": "Colissimo"})
        self.assertFalse(order.orion_tracking_url)
        order.sudo().orion_tracking_url = "https://example.com/mine"
        self.read(number="H3", data={"__typename": "Greco"})
        self.assertEqual(order.orion_tracking_url, "https://example.com/mine")
