from ast import literal_eval
from decimal import Decimal

from odoo.exceptions import UserError
from odoo.fields import Command

from .common import GTIN, OrdersCase, line, order


class ShippingCase(OrdersCase):
    def setUp(self):
        super().setUp()
        self.env["stock.quant"]._update_available_quantity(
            self.pen, self.env["stock.warehouse"].search([], limit=1).lot_stock_id, 100
        )
        self.sale = self.accepted(order(lines=(line(quantity=Decimal(3)),)))

    def accepted(self, data):
        sale = self.imported(data)
        sale._orion_accepted()
        return sale.with_user(self.clerk)

    def statuses(self):
        self.env.invalidate_all()
        return self.sale.orion_status_history_ids.sorted("id").mapped("to_status")


class TestStock(ShippingCase):
    def test_the_way_of_a_delivery(self):
        picking = self.sale.sudo().picking_ids
        picking.action_assign()
        self.assertEqual(self.sale.orion_status, "processing")
        picking.move_ids.picked = True
        picking.action_put_in_pack()
        self.assertEqual(self.sale.orion_status, "ready_for_shipment")
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        self.assertEqual(self.sale.orion_status, "shipped")
        self.assertEqual(self.sale.order_line.orion_shipped_quantity, 3)
        self.assertEqual(
            self.statuses(), ["pending", "confirmed", "processing", "ready_for_shipment", "shipped"]
        )

    def test_a_part_is_not_all(self):
        picking = self.sale.sudo().picking_ids
        picking.move_ids.quantity = 1
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(picking.state, "done")
        self.assertNotEqual(self.sale.orion_status, "shipped")
        self.assertEqual(self.sale.order_line.orion_shipped_quantity, 1)

    def test_delivered_by_hand(self):
        self.sale.orion_mark_shipped()
        self.sale.orion_set_status(status="delivered", reason="The carrier says so")
        self.assertEqual(self.sale.orion_status, "delivered")
        self.assertTrue(self.sale.orion_delivered_at)


class TestCreditNotes(ShippingCase):
    def credit(self, quantity):
        invoice = self.sale.sudo().invoice_ids.filtered(lambda m: m.move_type == "out_invoice")
        if not invoice:
            self.pen.invoice_policy = "order"
            invoice = self.sale.sudo()._create_invoices()
            invoice.action_post()
        refund = invoice._reverse_moves()
        refund.invoice_line_ids.quantity = quantity
        refund.action_post()

    def test_part_then_all(self):
        self.credit(1)
        self.assertEqual(self.sale.orion_status, "partially_refunded")
        self.credit(2)
        self.assertEqual(self.sale.orion_status, "refunded")

    def to_ship(self):
        action = self.env.ref("orion_orders.action_orion_order_to_ship")
        return self.env["sale.order"].search(literal_eval(action.domain))

    def test_what_is_left_of_a_part_is_tracked_and_shipped(self):
        self.credit(1)
        self.assertIn(self.sale, self.to_ship())
        self.sale.orion_set_tracking(tracking_number="T1")
        self.work()
        self.assertEqual(self.marketplace.told("set_tracking"), ["S1"])
        self.assertEqual(self.sale.orion_status, "partially_refunded")
        self.assertTrue(self.sale.orion_shipped_at)
        self.assertNotIn(self.sale, self.to_ship())

    def test_what_is_left_of_a_part_is_marked_as_shipped(self):
        self.credit(1)
        message = self.sale.orion_mark_shipped()["message"]
        self.assertIn("is marked as shipped", message)
        self.assertEqual(self.sale.orion_status, "partially_refunded")
        self.assertEqual(self.sale.order_line.orion_shipped_quantity, 3)
        self.assertNotIn(self.sale, self.to_ship())


class TestTracking(ShippingCase):
    def test_told_to_the_marketplace(self):
        result = self.sale.orion_set_tracking(tracking_number="1Z9", tracking_carrier="ups")
        self.assertEqual(self.sale.orion_tracking_number, "1Z9")
        self.work()
        self.assertEqual(self.marketplace.told("set_tracking"), ["S1"])
        payload = self.marketplace.calls[0][2][0]
        self.assertEqual((payload["tracking_number"], payload["carrier"]), ("1Z9", "ups"))
        self.assertEqual(self.sale.orion_status, "shipped")
        again = self.sale.orion_set_tracking(tracking_number="1Z9", tracking_carrier="ups")
        self.assertEqual(again["operation_ids"], result["operation_ids"])
        self.assertEqual(self.sale.orion_sync_status, "synced")

    def test_a_number_may_be_a_number(self):
        self.sale.orion_set_tracking(tracking_number=4711)
        self.assertEqual(self.sale.orion_tracking_number, "4711")

    def test_a_number_that_is_known_there(self):
        self.sale.orion_set_tracking(tracking_number="T1")
        self.work()
        again = self.sale.orion_set_tracking(tracking_number="T1")
        self.assertIn("knows tracking number T1 already", again["message"])

    def test_no_order_at_all(self):
        nobody = self.env["sale.order"]
        for call in (
            nobody.orion_confirm,
            lambda: nobody.orion_reject(reason="No"),
            lambda: nobody.orion_set_tracking(tracking_number="T1"),
            nobody.orion_mark_shipped,
            lambda: nobody.orion_set_status(status="delivered"),
        ):
            with self.assertRaisesRegex(UserError, "No order was named"):
                call()
        for call in (
            lambda: self.sale.orion_confirm(inventory_unit_ids=[]),
            lambda: self.sale.orion_reject(reason="No", inventory_unit_ids=[]),
        ):
            with self.assertRaisesRegex(UserError, "list of pieces is empty"):
                call()

    def test_a_number_that_comes_back_is_told_again(self):
        for number in ("A", "B", "A"):
            self.sale.orion_set_tracking(tracking_number=number)
            self.work()
        told = [call[2][0]["tracking_number"] for call in self.marketplace.calls]
        self.assertEqual(told, ["A", "B", "A"])

    def test_one_that_fails_does_not_stop_the_others(self):
        orders = self.sale | self.imported(order("S9")).with_user(self.clerk)
        for result in (
            orders.orion_set_tracking(tracking_number="T"),
            orders.orion_mark_shipped(),
        ):
            self.assertFalse(result["success"])
        self.assertEqual(orders.mapped("orion_tracking_number"), ["T", False])
        self.assertEqual(orders.mapped("orion_status"), ["shipped", "pending"])
        result = orders.orion_set_status(status="delivered")
        self.assertIn("waits for the decision", result["message"])
        self.assertEqual(orders.mapped("orion_status"), ["delivered", "pending"])

    def test_several_orders_keep_their_own_carriers(self):
        other = self.accepted(order("S2", shipping_carrier="greco"))
        (self.sale | other).orion_set_tracking(tracking_number="T")
        self.assertFalse(self.sale.orion_shipping_carrier)
        self.assertEqual(other.orion_shipping_carrier, "greco")

    def test_wrong_use(self):
        with self.assertRaisesRegex(UserError, "tracking number"):
            self.sale.orion_set_tracking(tracking_number=" ")
        undecided = self.imported(order("S9")).with_user(self.clerk)
        with self.assertRaisesRegex(UserError, "not accepted"):
            undecided.orion_set_tracking(tracking_number="1")


class TestMarkShipped(ShippingCase):
    def test_everything_locally(self):
        result = self.sale.orion_mark_shipped(
            tracking_number="T1", tracking_url="https://t.example/T1", shipping_carrier="dhl"
        )
        self.assertTrue(result["success"])
        self.assertRecordValues(
            self.sale,
            [
                {
                    "orion_status": "shipped",
                    "orion_tracking_number": "T1",
                    "orion_tracking_url": "https://t.example/T1",
                    "orion_shipping_carrier": "dhl",
                }
            ],
        )
        self.work()
        self.assertFalse(self.marketplace.calls)

    def test_in_parts(self):
        sold = self.sale.order_line
        self.sale.orion_mark_shipped(lines=[{"line_id": sold.id, "quantity": 2}])
        self.assertNotEqual(self.sale.orion_status, "shipped")
        with self.assertRaisesRegex(UserError, "left to ship"):
            self.sale.orion_mark_shipped(lines=[{"line_id": sold.id, "quantity": 2}])
        self.sale.orion_mark_shipped(lines=[{"line_id": sold.id, "quantity": 1}])
        self.assertEqual(self.sale.orion_status, "shipped")

    def test_wrong_use(self):
        with self.assertRaisesRegex(UserError, "no line of these orders"):
            self.sale.orion_mark_shipped(lines=[{"line_id": 0, "quantity": 1}])
        sold = self.sale.order_line
        for wrong in (sold.id, [sold.id], {"line_id": sold.id, "quantity": "1"}):
            with self.assertRaisesRegex(UserError, "no line of these orders"):
                self.sale.orion_mark_shipped(lines=[wrong])
        with self.assertRaisesRegex(UserError, "https"):
            self.sale.orion_mark_shipped(tracking_url="javascript:alert(1)")
        self.sale.orion_mark_shipped()
        with self.assertRaisesRegex(UserError, "cannot become"):
            self.sale.orion_mark_shipped()


class TestSetStatus(ShippingCase):
    def test_wrong_use(self):
        with self.assertRaisesRegex(UserError, "is no status"):
            self.sale.orion_set_status(status="lost")
        with self.assertRaisesRegex(UserError, "cannot become"):
            self.sale.orion_set_status(status="delivered")
        with self.assertRaisesRegex(UserError, "give a reason"):
            self.sale.orion_set_status(status="cancelled")
        undecided = self.imported(order("S9")).with_user(self.clerk)
        for status in ("confirmed", "cancelled"):
            with self.assertRaisesRegex(UserError, "waits for the decision"):
                undecided.orion_set_status(status=status, reason="x")

    def test_history_line(self):
        self.sale.orion_set_status(status="shipped", reason="By bicycle")
        self.env.invalidate_all()
        last = self.sale.orion_status_history_ids[0]
        self.assertRecordValues(
            last,
            [
                {
                    "to_status": "shipped",
                    "changed_by": f"user:{self.clerk.id}",
                    "changed_by_name": self.clerk.name,
                    "reason": "By bicycle",
                }
            ],
        )


class TestRead(ShippingCase):
    def test_orion_read(self):
        [values] = self.sale.orion_read()
        self.assertEqual(values["channel_order_id"], "S1")
        self.assertEqual(values["total_amount"], "29.97")
        self.assertEqual(values["total"], 29.97)
        self.assertEqual(values["currency"], "EUR")
        self.assertEqual(values["ordered_at"], "2026-11-01T12:00:00Z")
        self.assertIs(values["tracking_number"], False)
        self.assertEqual(values["items"][0]["product_gtin"], GTIN)
        self.assertEqual(values["items"][0]["unit_price"], 9.99)
        self.assert_carried(values)

    def test_orion_stats(self):
        stats = self.env["sale.order"].with_user(self.clerk).orion_stats(channel_id=self.channel.id)
        self.assertEqual(stats["total"], 1)
        self.assertEqual(sum(stats["by_status"].values()), 1)
        self.assertEqual(len(stats["by_status"]), 10)
        self.assertEqual(stats["by_channel"][0]["revenue"], 29.97)
        self.assert_carried(stats)

    def assert_carried(self, value):
        """What XML-RPC can carry: no None, no numbers as keys."""
        self.assertIsNotNone(value)
        if isinstance(value, dict):
            for key, item in value.items():
                self.assertIsInstance(key, str)
                self.assert_carried(item)
        elif isinstance(value, (list, tuple)):
            for item in value:
                self.assert_carried(item)


class TestWizards(ShippingCase):
    def wizard(self, model, orders=None, **values):
        orders = orders or self.sale
        return (
            self.env[model]
            .with_user(self.clerk)
            .create({"order_ids": [Command.set(orders.ids)], **values})
        )

    def test_ship(self):
        wizard = self.wizard("orion.order.ship")
        self.assertEqual(wizard.line_ids.mapped("quantity"), [3.0])
        self.assertTrue(wizard.validate_delivery)
        wizard.line_ids.quantity = 1
        wizard.action_ship()
        self.assertEqual(self.sale.order_line.qty_delivered, 1.0)
        self.assertEqual(self.sale.order_line.orion_shipped_quantity, 1.0)

    def test_ship_without_the_delivery(self):
        self.wizard("orion.order.ship", validate_delivery=False).action_ship()
        self.assertEqual(self.sale.orion_status, "shipped")
        self.assertEqual(self.sale.sudo().picking_ids.state, "assigned")

    def test_tracking(self):
        self.wizard("orion.order.tracking", tracking_number="T7").action_set_tracking()
        self.assertEqual(self.sale.orion_tracking_number, "T7")

    def test_what_is_known_is_filled_in(self):
        known = {"orion_tracking_number": "T1", "orion_shipping_carrier": "greco"}
        self.sale.sudo().write({**known, "orion_tracking_url": "https://carrier.example/T1"})
        ship = self.wizard("orion.order.ship")
        self.assertEqual(
            (ship.tracking_number, ship.shipping_carrier, ship.tracking_url),
            ("T1", "greco", "https://carrier.example/T1"),
        )
        tracking = self.wizard("orion.order.tracking")
        self.assertEqual((tracking.tracking_number, tracking.tracking_carrier), ("T1", "greco"))
        both = self.sale | self.accepted(order("S9"))
        ship = self.wizard("orion.order.ship", both)
        self.assertFalse(ship.tracking_number or ship.shipping_carrier)

    def test_refuse(self):
        undecided = self.imported(order("S9"))
        self.wizard("orion.order.reject", undecided, reason="Sold out").action_reject()
        self.assertEqual(undecided.orion_sync_status, "pending")

    def test_status(self):
        wizard = self.wizard("orion.order.set.status", status="shipped")
        self.assertIn("Shipped", wizard.with_context(lang="en_US").allowed_text)
        action = wizard.action_set_status()
        self.assertEqual(action["params"]["next"]["type"], "ir.actions.act_window_close")
        self.assertEqual(self.sale.orion_status, "shipped")
