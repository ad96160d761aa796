import dataclasses
from decimal import Decimal

from odoo.tests import tagged

from .common import LetzshopCase


@tagged("post_install", "-at_install")
class TestHistory(LetzshopCase):
    def import_history(self):
        answer = self.channel.import_history()
        self.work()
        log = self.env["orion.sync.log"].browse(answer["log_id"])
        self.assertEqual(log.status, "success", log.error_details)
        return log

    def test_orders_of_the_past_move_nothing(self):
        self.control.reset(orders=0, history=30)
        self.import_history()
        orders = self.env["sale.order"].search([("orion_channel_id", "=", self.channel.id)])
        there = {
            shipment["id"]: shipment
            for shipment in self.control.shipments(state="confirmed", vendor="lux-shop")
        }
        self.assertEqual(set(orders.mapped("orion_external_id")), set(there))
        self.assertEqual(set(orders.mapped("state")), {"sale", "cancel"})
        self.assertTrue(all(orders.mapped("locked")))
        self.assertTrue(all(orders.mapped("orion_is_history")))
        self.assertFalse(orders.picking_ids)
        self.assertFalse(self.env["orion.operation"].search([("channel_id", "=", self.channel.id)]))
        self.assertFalse(sum(orders.mapped("letzshop_units_to_decide")))
        for order in orders:
            units = there[order.orion_external_id]["units"]
            states = {unit["id"]: unit["state"] for unit in units}
            kept = {unit.external_id: unit.state for unit in order.letzshop_unit_ids}
            self.assertEqual(kept, states)
            refused = set(states.values()) == {"confirmed_unavailable"}
            self.assertEqual(order.letzshop_sync_status == "rejected", refused)
            self.assertEqual(order.orion_status == "cancelled", refused)

    def test_a_second_history_import_changes_nothing(self):
        self.control.reset(orders=6, history=10)
        self.import_history()
        log = self.import_history()
        counts = log.counts or {}
        self.assertFalse(counts.get("orders_imported"))
        self.assertFalse(counts.get("orders_updated"))

    def test_pages_resume(self):
        self.channel.letzshop_page_size = 5
        self.control.reset(orders=12, history=18)
        self.import_history()
        expected = self.control.shipments(vendor="lux-shop")
        orders = self.env["sale.order"].search([("orion_channel_id", "=", self.channel.id)])
        self.assertEqual(
            set(orders.mapped("orion_external_id")), {shipment["id"] for shipment in expected}
        )


@tagged("post_install", "-at_install")
class TestImport(LetzshopCase):
    def test_realistic_orders_cost_what_was_sold(self):
        self.control.reset(orders=60, history=0)
        result = self.import_orders()
        self.assertTrue(result["success"], result)
        self.assertEqual(result["orders_failed"], 0, result["errors"])
        there = self.control.shipments(state="unconfirmed", vendor="lux-shop")
        orders = self.env["sale.order"].search([("orion_channel_id", "=", self.channel.id)])
        by_id = {order.orion_external_id: order for order in orders}
        self.assertEqual(set(by_id), {shipment["id"] for shipment in there})
        for shipment in there:
            order = by_id[shipment["id"]]
            # of an order that is accepted for a part of its pieces, that part is sold so far
            is_accepted = order.orion_decision == "accepted"
            sold = sum(
                float(unit["price"] or 0)
                for unit in shipment["units"]
                if unit["state"] == "confirmed_available"
                or (unit["state"] == "unconfirmed" and not is_accepted)
            )
            self.assertAlmostEqual(order.amount_total, sold, 2, shipment["traits"])
            self.assertEqual(order.currency_id.name, shipment["order"]["currency"])

    def test_a_total_below_the_pieces_is_worth_a_note(self):
        [shipment] = self.add_orders(quantity=2)
        order = self.imported([shipment])
        self.assertFalse(order.message_ids.filtered(lambda m: "whole order" in (m.body or "")))
        with self.enter_registry_test_mode():
            [page] = self._adapter().iter_open_orders()
        data = dataclasses.replace(page.orders[0], total=Decimal("0.01"))
        self.env["orion.order.importer"]._letzshop_warn_of_totals([(order, data)])
        self.assertTrue(order.message_ids.filtered(lambda m: "whole order" in (m.body or "")))

    def test_a_payload_can_be_replayed(self):
        [shipment] = self.add_orders()
        self.imported([shipment])
        payload = self.env["orion.order.payload"].search([("external_id", "=", shipment)])
        result = self.env["orion.order.importer"]._replay(payload)
        self.assertEqual((result.updated, result.failed), (1, 0))

    def test_just_some_orders(self):
        shipments = self.add_orders(3)
        result = self.import_orders(external_ids=shipments[:1])
        self.assertEqual(result["orders_imported"], 1)
        result = self.import_orders(external_ids=["nonsense"])
        self.assertEqual(result["orders_failed"], 1)

    def test_what_is_wrong_is_told_apart(self):
        self.add_orders()
        messages = set()
        for key in (self.sandbox.no_rights_api_key, "letz-wrong"):
            self.channel.set_credentials(api_key=key)
            result = self.import_orders()
            self.assertFalse(result["success"])
            messages.add(result["message"])
        self.channel.set_credentials(api_key=self.sandbox.api_key)
        self.control.arm("status", status=503)
        messages.add(self.import_orders()["message"])
        self.assertEqual(len(messages), 3, messages)

    def test_partly_accepted_there_before_it_was_read(self):
        [shipment] = self.add_orders(quantity=3)
        first = self.control.shipment(shipment)["units"][0]["id"]
        self.control.decide([first])
        order = self.imported([shipment])
        self.assertEqual((order.orion_status, order.state), ("confirmed", "sale"))
        self.assertEqual(order.order_line.product_uom_qty, 1)
        self.assertEqual(order.letzshop_units_to_decide, 2)
        self.assertEqual(order.letzshop_sync_status, "confirmed")
        order.orion_confirm()
        self.work()
        self.assertEqual(order.order_line.product_uom_qty, 3)

    def test_pieces_cost_a_constant_number_of_queries(self):
        def pairs_of(count):
            shipments = self.add_orders(count, known=False)
            orders = self.imported(shipments)
            with self.enter_registry_test_mode():
                pages = list(self._adapter().iter_open_orders())
            datas = {data.external_id: data for page in pages for data in page.orders}
            orders.letzshop_unit_ids.sudo().unlink()
            self.env.flush_all()
            self.env.invalidate_all()
            return [(order, datas[order.orion_external_id]) for order in orders]

        counts = []
        for count in (5, 25):
            pairs = pairs_of(count)
            for order, _data in pairs:
                order.order_line.mapped("orion_line_external_id")
            before = self.env.cr.sql_log_count
            self.units._take_orders(self.channel, pairs)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1, counts)

    def _adapter(self):
        from odoo.addons.orion_base.adapters import open_adapter

        return open_adapter(self.channel, "orders")
