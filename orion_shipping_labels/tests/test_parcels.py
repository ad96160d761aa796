from unittest.mock import patch

from odoo.exceptions import UserError

from .common import LabelsCase


class TestTwoDeliveries(LabelsCase):
    """An order with two open deliveries: each is a parcel of its own."""

    def setUp(self):
        super().setUp()
        self.sale = self.accepted(self.order(quantity=3, shipping_carrier="ups"))
        self.first = self.delivery(self.sale)
        self.second = self.split(self.first, 1)
        self.both = self.first | self.second

    def numbers(self):
        return self.both.mapped("carrier_tracking_ref")

    def test_one_is_marked_as_shipped(self):
        self.second.with_user(self.clerk).orion_mark_shipped(tracking_number="T2")
        self.assertEqual(self.both.mapped("state"), ["assigned", "done"])
        self.assertEqual(self.numbers(), [False, "T2"])
        self.assertEqual(self.sale.order_line.orion_shipped_quantity, 1)
        self.assertNotEqual(self.sale.orion_status, "shipped")
        self.first.with_user(self.clerk).orion_mark_shipped(tracking_number="T1")
        self.assertEqual((self.numbers(), self.sale.orion_status), (["T1", "T2"], "shipped"))
        self.assertEqual(self.sale.order_line.qty_delivered, 3)

    def test_what_was_noted_before_is_no_obstacle(self):
        lines = [{"line_id": self.sale.order_line.id, "quantity": 2}]
        self.sale.orion_mark_shipped(lines=lines, validate_delivery=False)
        result = self.second.with_user(self.clerk).orion_mark_shipped(validate_delivery=True)
        self.assertTrue(result["success"], result)
        self.assertEqual(self.both.mapped("state"), ["assigned", "done"])

    def test_a_part_of_the_order_has_the_number_of_its_parcel(self):
        lines = [{"line_id": self.sale.order_line.id, "quantity": 2}]
        self.sale.orion_mark_shipped(tracking_number="T1", lines=lines)
        self.assertEqual(self.both.mapped("state"), ["done", "assigned"])
        self.assertEqual(self.numbers(), ["T1", False])

    def test_tracking_of_one_ships_no_other(self):
        self.first.with_user(self.clerk).orion_set_tracking(tracking_number="T1")
        self.assertEqual(self.told(), [("T1", "ups")])
        self.assertNotEqual(self.sale.orion_status, "shipped")
        self.second.with_user(self.clerk).orion_set_tracking(tracking_number="T2")
        self.assertEqual(self.told(), [("T1", "ups"), ("T1,T2", "ups")])
        self.assertEqual((self.numbers(), self.sale.orion_status), (["T1", "T2"], "shipped"))

    def test_what_is_tracked_before_it_leaves_may_leave(self):
        self.sale.orion_set_tracking(tracking_number="T1")
        self.work()
        self.assertEqual((self.numbers(), self.sale.orion_status), (["T1", "T1"], "shipped"))
        self.second.with_user(self.clerk).orion_mark_shipped(tracking_number="T2")
        self.assertEqual(self.both.mapped("state"), ["assigned", "done"])
        self.assertEqual(self.numbers(), ["T1", "T2"])
        self.sale.orion_mark_shipped()
        self.assertEqual(self.both.mapped("state"), ["done", "done"])
        with self.assertRaisesRegex(UserError, "cannot become"):
            self.sale.orion_mark_shipped()

    def test_rows_of_the_packing_table(self):
        batch = self.batch_of(self.sale)
        self.assertEqual(batch.line_ids.picking_id, self.both)
        self.assertEqual(
            [line.goods_text.partition(": ")[::2] for line in batch.line_ids],
            [(self.first.name, "2 × Sold pen"), (self.second.name, "1 × Sold pen")],
        )
        self.first.do_unreserve()
        for number, line in enumerate(batch.line_ids):
            line.tracking_number = f"T{number}"
        batch.line_ids._ship()
        self.assertEqual(batch.line_ids.mapped("result"), ["failed", "done"])
        self.assertIn(f"reserved for {self.first.name}", batch.line_ids[0].message)
        self.assertIn("Left to ship: 2 ×", batch.line_ids[1].message)
        self.assertEqual(self.numbers(), [False, "T1"])
        self.first.action_assign()
        batch.line_ids[0]._ship()
        last, _carrier = self.told()[-1]
        self.assertEqual(sorted(last.split(",")), ["T0", "T1"])
        self.assertEqual((self.numbers(), self.sale.orion_status), (["T0", "T1"], "shipped"))

    def test_rows_without_validating(self):
        for tells in (True, False):
            with self.subTest(tells):
                sale = self.accepted(self.order(f"S{tells}", quantity=3, shipping_carrier="ups"))
                first = self.delivery(sale)
                second = self.split(first, 1)
                batch = self.batch_of(sale)
                batch.write({"validate_delivery": False, "tell_marketplace": tells})
                for number, line in enumerate(batch.line_ids):
                    line.tracking_number = f"T{number}"
                batch.line_ids[0]._ship()
                self.work()
                self.assertNotEqual(sale.orion_status, "shipped")
                batch.line_ids[1]._ship()
                self.work()
                self.assertEqual(batch.line_ids.mapped("result"), ["done", "done"])
                self.assertEqual(sale.orion_status, "shipped")
                self.assertEqual((first | second).mapped("carrier_tracking_ref"), ["T0", "T1"])
                self.assertEqual((first | second).mapped("state"), ["assigned"] * 2)

    def test_only_the_chosen_ones_are_on_the_table(self):
        action = self.second.with_user(self.clerk).action_orion_open_batch()
        batch = self.env["orion.shipping.batch"].browse(action["res_id"])
        self.assertEqual(batch.line_ids.picking_id, self.second)

    def test_a_number_of_one_parcel_is_no_others(self):
        self.first.with_user(self.clerk).orion_set_tracking(tracking_number="T1")
        rows = self.batch_of(self.sale).line_ids
        self.assertEqual(rows.mapped("tracking_number"), ["T1", False])


class TestManyLeave(LabelsCase):
    """Deliveries that are validated together; what cannot be told is told later."""

    def setUp(self):
        super().setUp()
        self.sales = self.env["sale.order"].union(
            *(self.accepted(self.order(f"S{n}", shipping_carrier="ups")) for n in range(3))
        )
        self.undecided = {"S1"}
        self.startPatcher(
            patch.object(
                self.env.registry["sale.order"],
                "_orion_pieces_to_decide",
                lambda sales, unit_ids=None: {
                    sale.id: [] for sale in sales if sale.orion_external_id in self.undecided
                },
            )
        )
        deliveries = self.sales.sudo().picking_ids
        for delivery in deliveries:
            delivery.carrier_tracking_ref = f"T-{delivery.sale_id.orion_external_id}"
        deliveries.button_validate()
        self.assertEqual(set(deliveries.mapped("state")), {"done"})

    def noted(self):
        return [
            "wait for a decision" in "".join(sale.message_ids.mapped("body")) for sale in self.sales
        ]

    def test_one_that_cannot_be_told_stops_no_other(self):
        self.assertEqual(self.told(), [("T-S0", "ups"), ("T-S2", "ups")])
        self.assertEqual(self.noted(), [False, True, False])
        self.assertEqual(self.sales.mapped("orion_tracking_waits"), [False, True, False])

    def test_it_is_told_once_everything_is_decided(self):
        self.env["sale.order"]._cron_tell_waiting()
        self.assertEqual(self.told(self.sales[1]), [])
        self.undecided.clear()
        self.env["sale.order"]._cron_tell_waiting()
        self.assertEqual(self.told(self.sales[1]), [("T-S1", "ups")])
        self.assertFalse(any(self.sales.mapped("orion_tracking_waits")))

    def test_the_decision_itself_has_it_told(self):
        waiting = self.sales[1]
        [operation] = self.env["orion.operation"]._enqueue(
            self.channel,
            "confirm",
            [{"idempotency_key": "rest", "payload": {"order": "S1"}, "record": waiting}],
        )
        self.undecided.clear()
        self.assertEqual(self.told(waiting), [("T-S1", "ups")])
        self.assertEqual(operation.status, "completed")

    def test_it_is_noted_once(self):
        delivery = self.sales[1].sudo().picking_ids
        delivery.carrier_tracking_ref = "T-other"
        notes = [body for body in self.sales[1].message_ids.mapped("body") if "decision" in body]
        self.assertEqual(len(notes), 1)
        self.undecided.clear()
        self.env["sale.order"]._cron_tell_waiting()
        self.assertEqual(self.told(self.sales[1]), [("T-other", "ups")])

    def test_what_is_cancelled_meanwhile_is_left(self):
        self.sales[1].sudo().orion_decision = "cancelled"
        self.undecided.clear()
        self.env["sale.order"]._cron_tell_waiting()
        self.assertEqual(self.told(self.sales[1]), [])
        self.assertFalse(self.sales[1].orion_tracking_waits)
