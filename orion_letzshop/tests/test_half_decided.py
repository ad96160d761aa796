"""Shipments of which some pieces are decided and others wait."""

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import LetzshopCase


@tagged("post_install", "-at_install")
class TestHalfDecided(LetzshopCase):
    def setUp(self):
        super().setUp()
        [self.shipment] = self.add_orders(quantity=3)
        self.order = self.imported([self.shipment])

    def accept(self, count):
        names = [unit.external_id for unit in self.pieces(self.order)[:count]]
        self.order.orion_confirm(inventory_unit_ids=names)
        self.work()

    def test_the_order_says_how_many_wait(self):
        self.assertEqual(self.order.letzshop_waiting_text, "3 of 3 pieces wait for your decision.")
        self.accept(1)
        self.assertEqual(self.order.letzshop_waiting_text, "2 of 3 pieces wait for your decision.")
        self.order.letzshop_unit_ids.filtered(lambda unit: unit.state == "unconfirmed")[
            0
        ].action_accept()
        self.assertEqual(
            self.order.letzshop_waiting_text, "One of 3 pieces waits for your decision."
        )
        self.order.orion_confirm()
        self.work()
        self.assertFalse(self.order.letzshop_waiting_text)

    def test_each_line_says_what_it_does_not_count_yet(self):
        [shipment] = self.add_orders(lines=2, quantity=3)
        self.order = self.imported([shipment])
        self.assertFalse(self.order.orion_waiting_quantity, "nothing is decided: the lines say all")
        first, second = self.order.order_line
        units = self.order.letzshop_unit_ids.filtered(lambda unit: unit.order_line_id == first)
        self.order.orion_confirm(inventory_unit_ids=units[:1].mapped("external_id"))
        self.assertFalse(self.order.orion_waiting_quantity)
        self.work()
        self.assertEqual((first.product_uom_qty, first.orion_waiting_quantity), (1, 2))
        self.assertEqual((second.product_uom_qty, second.orion_waiting_quantity), (0, 3))
        self.assertEqual(self.order.orion_waiting_quantity, 5)
        units[1].action_accept()
        self.assertEqual(first.orion_waiting_quantity, 1, "what is on its way waits no more")
        self.work()
        self.order.orion_reject(reason="Sold out")
        self.work()
        self.assertEqual(self.order.orion_waiting_quantity, 0)
        self.assertEqual((first.product_uom_qty, second.product_uom_qty), (2, 0))

    def test_what_waits_is_counted_in_few_queries(self):
        def count(number):
            orders = self.imported(self.add_orders(number, quantity=2))
            for order in orders:
                order.orion_confirm(inventory_unit_ids=self.pieces(order)[:1].mapped("external_id"))
            self.work(steps=60)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(set(orders.mapped("orion_waiting_quantity")), {1.0})
            return self.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(12), count(3))

    def test_no_invoice_and_no_tracking_is_offered_meanwhile(self):
        form = etree.fromstring(self.env["sale.order"].get_view(view_type="form")["arch"])
        for condition in (
            "//button[@id='create_invoice']",
            "//button[@name='action_orion_open_tracking']",
        ):
            [button] = form.xpath(condition)
            self.assertIn("letzshop_units_to_decide", button.get("invisible"))

    def test_tracking_waits_for_the_decisions(self):
        self.accept(1)
        with self.assertRaisesRegex(UserError, "while pieces of it wait"):
            self.order.orion_set_tracking(tracking_number="T1", tracking_carrier="dhl")
        self.assertFalse(self.order.orion_tracking_number)
        self.order.orion_confirm()
        self.order.orion_set_tracking(tracking_number="T1", tracking_carrier="dhl")
        self.work()
        self.assertEqual(self.order.orion_sync_status, "synced")
        self.assertTrue(self.order.letzshop_has_tracking)
        self.assertEqual(self.states_there(self.shipment), ["confirmed_available"] * 3)
