from odoo.exceptions import UserError
from odoo.tests import new_test_user

from odoo.addons.orion_base.lib.errors import Rejected

from .common import SHIPMENT, LabelsCase


class TestDeliveriesTell(LabelsCase):
    def setUp(self):
        super().setUp()
        self.sale = self.accepted(self.order(quantity=3, shipping_carrier="ups"))

    def test_once_with_the_name_there(self):
        self.env["orion.carrier.code"].create(
            {"carrier_id": self.ups.id, "marketplace": "played", "code": "U.P.S."}
        )
        self.leave(self.delivery(self.sale), number="1Z9")
        self.assertEqual(self.told(), [("1Z9", "U.P.S.")])
        self.assertEqual(self.sale.orion_tracking_number, "1Z9")
        self.assertEqual(self.sale.orion_status, "shipped")

    def test_whoever_validates_it(self):
        packer = new_test_user(self.env, "labels_packer", groups="stock.group_stock_user")
        delivery = self.delivery(self.sale)
        delivery.carrier_tracking_ref = "T1"
        delivery.with_user(packer).button_validate()
        self.assertEqual(self.told(), [("T1", "ups")])
        [shipped] = self.sale.orion_status_history_ids.filtered(
            lambda line: line.to_status == "shipped"
        )
        self.assertEqual(shipped.changed_by, f"user:{packer.id}")

    def test_a_correction_is_told_once_more(self):
        delivery = self.delivery(self.sale)
        self.leave(delivery, number="T1")
        delivery.carrier_tracking_ref = "T1"
        self.assertEqual(self.told(), [("T1", "ups")])
        delivery.carrier_tracking_ref = "T 2"
        self.assertEqual(self.told(), [("T1", "ups"), ("T2", "ups")])
        delivery.carrier_tracking_ref = "T 2"
        self.assertEqual(len(self.told()), 2)

    def test_not_before_it_has_left_and_not_without_number(self):
        delivery = self.delivery(self.sale)
        delivery.carrier_tracking_ref = "T1"
        self.assertEqual(self.told(), [])
        delivery.carrier_tracking_ref = False
        self.leave(delivery)
        self.assertEqual(self.told(), [])
        delivery.carrier_tracking_ref = "T2"
        self.assertEqual(self.told(), [("T2", "ups")])

    def test_not_where_the_channel_says_no(self):
        self.channel.tell_tracking = False
        self.leave(self.delivery(self.sale), number="T1")
        self.assertEqual(self.told(), [])
        self.assertEqual(self.sale.orion_status, "shipped")

    def test_parts_tell_all_numbers_and_the_rest_stays_to_ship(self):
        self.leave(self.delivery(self.sale), quantity=1, number="T1")
        self.assertEqual(self.told(), [("T1", "ups")])
        self.assertNotEqual(self.sale.orion_status, "shipped")
        self.assertEqual(self.sale.order_line.orion_shipped_quantity, 1)
        self.leave(self.delivery(self.sale), number="T2")
        self.assertEqual(self.told(), [("T1", "ups"), ("T1,T2", "ups")])
        last = self.marketplace.calls[-1][2][0]
        self.assertEqual(last["tracking_numbers"], ["T1", "T2"], "for marketplaces that take many")
        self.assertEqual(self.sale.orion_status, "shipped")

    def test_only_the_last_step_tells(self):
        self.env["stock.warehouse"].search([], limit=1).delivery_steps = "pick_pack_ship"
        sale = self.accepted(self.order("S2", shipping_carrier="greco"))
        steps = 0
        while waiting := sale.sudo().picking_ids.filtered(lambda p: p.state == "assigned"):
            self.assertEqual(self.told(sale), [])
            waiting.button_validate()
            steps += 1
        self.assertEqual(steps, 3)
        self.assertEqual(self.told(sale), [(SHIPMENT, "greco")])
        numbers = sale.sudo().picking_ids.mapped("carrier_tracking_ref")
        self.assertEqual(sorted(filter(None, numbers)), [SHIPMENT])

    def test_marking_as_shipped_tells_nobody(self):
        self.sale.orion_mark_shipped(tracking_number="T1", validate_delivery=True)
        self.assertEqual(self.sale.sudo().picking_ids.state, "done")
        self.assertEqual(self.told(), [])

    def test_set_tracking_and_the_delivery_tell_it_once(self):
        self.sale.orion_set_tracking(tracking_number="T1")
        self.leave(self.delivery(self.sale))
        self.assertEqual(self.told(), [("T1", "ups")])

    def test_a_refusal_never_stops_goods(self):
        self.marketplace.answers["S1"] = Rejected("No such provider.")
        self.leave(self.delivery(self.sale), number="T1")
        self.work()
        self.assertEqual(self.sale.orion_sync_status, "error")

    def test_cancelled_meanwhile(self):
        delivery = self.delivery(self.sale)
        self.leave(delivery, number="T1")
        self.work()
        self.sale.sudo()._orion_write_status("cancelled")
        delivery.carrier_tracking_ref = "T2"
        self.assertEqual(self.told(), [("T1", "ups")])

    def test_what_was_never_told_is_not_said_to_be_known(self):
        delivery = self.delivery(self.sale)
        self.sale.orion_mark_shipped(tracking_number="T1", validate_delivery=True)
        delivery.cancel_shipment()
        self.assertNotIn("cannot be taken back", "".join(self.sale.message_ids.mapped("body")))

    def test_what_cannot_be_undone_is_said(self):
        delivery = self.delivery(self.sale)
        self.leave(delivery, number="T1")
        self.work()
        delivery.cancel_shipment()
        self.assertIn("cannot be taken back", self.sale.message_ids[0].body)
        self.assertEqual(self.told(), [("T1", "ups")])
        delivery.carrier_tracking_ref = "T2"
        self.assertEqual(self.told()[-1], ("T2", "ups"))

    def test_a_return_is_said(self):
        delivery = self.delivery(self.sale)
        self.leave(delivery)
        wizard = self.env["stock.return.picking"].create({"picking_id": delivery.id})
        wizard.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.button_validate()
        self.assertTrue(
            any("came back" in (body or "") for body in self.sale.message_ids.mapped("body"))
        )


class TestMany(LabelsCase):
    def test_as_many_queries_as_for_few(self):
        sales = self.imported(*[self.order(f"M{index}") for index in range(60)])
        sales._orion_accepted()
        counts = []
        for some in (sales[:10], sales[10:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.sudo()._orion_tell_trackings({sale.id: (f"T{sale.id}", "ups") for sale in some})
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0], counts)
        self.assertEqual(len(self.told()), 60)


class TestOfDeliveries(LabelsCase):
    def test_only_the_chosen_delivery_gets_the_number(self):
        sale = self.accepted(self.order(quantity=3, shipping_carrier="ups"))
        first = self.delivery(sale)
        self.leave(first, quantity=1, number="T1")
        rest = self.delivery(sale)
        first.with_user(self.clerk).orion_set_tracking(tracking_number="T1B")
        self.assertEqual((first.carrier_tracking_ref, rest.carrier_tracking_ref), ("T1B", False))
        self.assertEqual(self.told()[-1], ("T1B", "ups"))

    def test_marked_as_shipped_by_delivery(self):
        sale = self.accepted(self.order(quantity=3, shipping_carrier="ups"))
        delivery = self.delivery(sale)
        result = delivery.with_user(self.clerk).orion_mark_shipped(tracking_number="T1")
        self.assertTrue(result["success"])
        self.assertEqual((delivery.state, sale.orion_status), ("done", "shipped"))
        with self.assertRaisesRegex(UserError, "left to ship"):
            delivery.with_user(self.clerk).orion_mark_shipped()


class TestWrongFields(LabelsCase):
    def test_what_is_in_the_wrong_place_is_said(self):
        sale = self.accepted(self.order())
        for number, carrier, said in (
            ("dhl", "", "is a carrier"),
            ("DHL", "1Z999AA10123456784", "is a carrier"),
            ("T1", "1Z999AA10123456784", "is a tracking number"),
            ("https://t.example/1Z9", "ups", "is a link"),
            ("R-S1", "ups", "number of the order"),
            ("---", "ups", "no digits"),
            ("  ", "ups", "Give the tracking number"),
        ):
            with self.subTest(number), self.assertRaisesRegex(UserError, said):
                sale.orion_set_tracking(tracking_number=number, tracking_carrier=carrier)
        self.assertEqual(self.told(), [])

    def test_a_carrier_may_be_named_as_people_do(self):
        sale = self.accepted(self.order())
        sale.orion_set_tracking(tracking_number="T1", tracking_carrier="POST Luxembourg")
        self.assertEqual(sale.orion_shipping_carrier, "post_lu")
        sale.orion_set_tracking(tracking_number="T1", tracking_carrier="By bicycle")
        self.assertEqual(sale.orion_shipping_carrier, "By bicycle")

    def test_an_unknown_carrier_is_not_the_former_one(self):
        for leaves in (False, True):
            sale = self.accepted(self.order(f"B{leaves}", shipping_carrier="ups"))
            delivery = self.delivery(sale)
            if leaves:
                self.leave(delivery, number="T0")
            self.assertEqual((sale.carrier_id, delivery.carrier_id), (self.ups, self.ups))
            sale.orion_set_tracking(tracking_number="T1", tracking_carrier="By bicycle")
            self.assertFalse(sale.carrier_id or delivery.carrier_id)
            self.assertFalse(sale.orion_tracking_url)
            self.assertEqual(sale._orion_parcels(), [("T1", "")])
            self.env.flush_all()
            self.env.invalidate_all()
            [unknown] = self.env["orion.carrier.unknown"].search([("name", "=", "By bicycle")])
            self.assertEqual(unknown.order_count, 1 + leaves)
            sale.orion_set_tracking(tracking_number="T1", tracking_carrier="dhl")
            self.assertEqual((sale.carrier_id, delivery.carrier_id), (self.dhl, self.dhl))
            sale.orion_set_tracking(tracking_number="T1", tracking_carrier="By bicycle")
