"""Decided in Letzshop's own screen, refused by Letzshop, or lost on the way."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import LetzshopCase


@tagged("post_install", "-at_install")
class TestOtherHands(LetzshopCase):
    def test_accepted_there(self):
        [shipment] = self.add_orders(quantity=2)
        order = self.imported([shipment])
        self.control.decide(shipment=shipment)
        self.import_orders()
        self.assertEqual(order.orion_status, "confirmed")
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.letzshop_state, "confirmed")
        self.assertFalse(order.letzshop_unit_ids.decided_by_id)
        self.assertFalse(order.env["orion.operation"].search([("res_id", "=", order.id)]))

    def test_partly_refused_there(self):
        [shipment] = self.add_orders(quantity=3)
        order = self.imported([shipment])
        ids = [unit["id"] for unit in self.control.shipment(shipment)["units"]]
        self.control.decide(ids[:1], available=False)
        self.control.decide(ids[1:])
        self.import_orders()
        self.assertEqual(order.orion_status, "confirmed")
        self.assertEqual(order.order_line.product_uom_qty, 2)

    def test_refused_there(self):
        [shipment] = self.add_orders(quantity=2)
        order = self.imported([shipment])
        self.control.decide(shipment=shipment, available=False)
        self.import_orders()
        self.assertEqual((order.orion_status, order.state), ("cancelled", "cancel"))

    def test_returned_there(self):
        [shipment] = self.add_orders(quantity=2)
        order = self.imported([shipment])
        self.control.decide(shipment=shipment)
        first = self.control.shipment(shipment)["units"][0]["id"]
        self.control.give_back([first])
        self.import_orders()
        self.assertEqual(
            sorted(order.letzshop_unit_ids.mapped("state")), ["confirmed_available", "returned"]
        )
        self.assertEqual(order.orion_status, "confirmed")
        notes = order.message_ids.filtered(lambda message: "Returned" in (message.body or ""))
        self.assertEqual(len(notes), 1)
        self.import_orders(external_ids=[shipment])
        self.assertEqual(len(order.message_ids & notes), 1)
        self.assertEqual(
            len(order.message_ids.filtered(lambda m: "Returned on Letzshop" in (m.body or ""))), 1
        )

    def test_one_piece_refused_there_the_rest_open(self):
        [shipment] = self.add_orders(quantity=2)
        order = self.imported([shipment])
        first = self.control.shipment(shipment)["units"][0]["id"]
        self.control.decide([first], available=False)
        self.import_orders()
        self.assertEqual(order.orion_status, "pending")
        self.assertEqual(order.order_line.product_uom_qty, 1)
        order.orion_confirm()
        self.work()
        self.assertEqual(order.order_line.product_uom_qty, 1)
        self.assertEqual(
            self.states_there(shipment), ["confirmed_unavailable", "confirmed_available"]
        )

    def test_confirming_what_was_refused_there(self):
        [shipment] = self.add_orders(quantity=1)
        order = self.imported([shipment])
        order.orion_confirm()
        self.control.decide(shipment=shipment, available=False)
        self.work()
        operation = self.env["orion.operation"].search([("res_id", "=", order.id)])
        self.assertEqual(operation.status, "failed")
        self.assertIn("decided elsewhere", operation.error_message)
        self.assertEqual(order.letzshop_unit_ids.state, "confirmed_unavailable")
        self.assertEqual((order.orion_status, order.state), ("cancelled", "cancel"))

    def test_a_part_that_letzshop_does_not_take(self):
        [shipment] = self.add_orders(quantity=2)
        order = self.imported([shipment])
        self.control.arm("payload_errors", operation="confirmInventoryUnits", count=1)
        order.orion_confirm()
        self.work()
        self.assertEqual(
            sorted(order.letzshop_unit_ids.mapped("state")), ["confirmed_available", "unconfirmed"]
        )
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.order_line.product_uom_qty, 1)
        self.assertEqual(order.letzshop_units_to_decide, 1)

    def import_with_unknown_words(self, count):
        """An order of two pieces, of which Letzshop names so many states in a word of its own."""
        [shipment] = self.add_orders(quantity=2)
        words = {"where": "unit", "value": "completed_later", "count": count}
        self.control.arm("unknown_enum", times=None, **words)
        order = self.imported([shipment])
        self.control.clear_faults()
        self.assertEqual(order.letzshop_unit_ids.mapped("state").count("other"), count)
        self.assertFalse(any(order.letzshop_unit_ids.mapped("decided_at")))
        return order

    def test_a_word_that_is_not_known_gives_way_to_one_that_is(self):
        order = self.import_with_unknown_words(2)
        with self.assertRaisesRegex(UserError, "completed_later.*does not know"):
            order.orion_confirm()
        self.import_orders()
        self.assertEqual(set(order.letzshop_unit_ids.mapped("state")), {"unconfirmed"})
        self.assertEqual(order.letzshop_units_to_decide, 2)
        order.orion_confirm()
        self.work()
        self.assertEqual((order.state, order.order_line.product_uom_qty), ("sale", 2))

    def test_an_order_of_unknown_words_can_be_voided(self):
        order = self.import_with_unknown_words(2)
        order.orion_set_status("cancelled", "Letzshop's support says so")
        self.assertEqual((order.state, order.orion_status), ("cancel", "cancelled"))

    def test_an_order_of_unknown_words_is_no_work_for_each_run(self):
        [shipment] = self.add_orders()
        order = self.imported([shipment])
        self.control.decide(shipment=shipment)
        self.control.arm("unknown_enum", times=None, where="unit", value="later", count=1)
        for _run in range(4):
            self.control.clear_requests()
            self.import_orders()
        self.assertEqual(len(self.control.requests(operation="Shipments")), 1)
        self.assertIn("“later”", order.orion_sync_error)
        self.assertEqual(len(self.undecidable_task()), 1)
        self.control.clear_faults()
        order.sudo().orion_looked_at = fields.Datetime.now() - timedelta(hours=25)
        self.import_orders()
        self.assertEqual((order.orion_status, order.orion_sync_status), ("confirmed", "synced"))
        self.assertFalse(self.undecidable_task())

    def test_an_order_with_a_piece_to_decide_cannot(self):
        order = self.import_with_unknown_words(1)
        with self.assertRaisesRegex(UserError, "Refuse"):
            order.orion_set_status("cancelled", "Letzshop's support says so")


@tagged("post_install", "-at_install")
class TestFaults(LetzshopCase):
    FAULTS = [
        ("hang_up", {"when": "before"}),
        ("hang_up", {"when": "after"}),
        ("status", {"status": 429, "retry_after": 1.0}),
        ("status", {"status": 500, "when": "before"}),
        ("status", {"status": 500, "when": "after"}),
        ("html", {"when": "after"}),
        ("broken_json", {"when": "after"}),
        ("null_payload", {"when": "before"}),
        ("null_payload", {"when": "after"}),
    ]

    def test_each_fault_has_its_effect_once(self):
        orders = self.imported(self.add_orders(2 * len(self.FAULTS)))
        for number, (kind, options) in enumerate(self.FAULTS):
            with self.subTest(kind=kind, **options):
                accepted, refused = orders[2 * number], orders[2 * number + 1]
                self.control.arm(kind, operation="confirmInventoryUnits", **options)
                accepted.orion_confirm()
                self.work()
                self.control.arm(kind, operation="confirmInventoryUnits", **options)
                refused.orion_reject(reason="Sold out")
                self.work()
                self.assertEqual(accepted.orion_status, "confirmed")
                self.assertEqual(refused.orion_status, "cancelled")
                self.assertEqual(self.effects()["duplicates"], 0)
        self.assertEqual(self.effects()["confirmed"], len(self.FAULTS))
        self.assertEqual(self.effects()["refused"], len(self.FAULTS))

    def test_a_refused_key_stops_the_channel_once(self):
        orders = self.imported(self.add_orders(5))
        self.channel.set_credentials(api_key="letz-wrong")
        orders.orion_confirm()
        self.control.clear_requests()
        self.work()
        self.assertLessEqual(len(self.control.requests()), 3)
        self.assertEqual(self.effects()["confirmed"], 0)
        [test] = self.channel.test_connection()
        self.assertFalse(test["success"])
        self.assertIn("refused the key", test["message"])
        self.channel.set_credentials(api_key=self.sandbox.api_key)
        self.work()
        self.assertEqual(set(orders.mapped("orion_status")), {"confirmed"})
        self.assertEqual(self.effects()["confirmed"], 5)

    def test_a_key_without_the_right(self):
        self.channel.set_credentials(api_key=self.sandbox.no_rights_api_key)
        [test] = self.channel.test_connection()
        self.assertFalse(test["success"])
        self.assertIn("right", test["message"])
        result = self.import_orders()
        self.assertFalse(result["success"])


@tagged("post_install", "-at_install")
class TestNoLongerKnown(LetzshopCase):
    """Letzshop knows nothing of a shipment any more that is open here."""

    def setUp(self):
        super().setUp()
        self.control.add_orders(120, decided=True)
        self.lost, self.open = self.imported(self.add_orders(2)).sorted("orion_external_id")
        self.shipment = self.lost.orion_external_id
        self.control.forget(self.shipment)

    def confirmed_pages_read(self):
        """How many of them an import reads."""
        self.control.clear_requests()
        result = self.import_orders()
        self.assertTrue(result["success"], result)
        return len(self.control.requests(operation="Shipments")) - 1

    def lose(self):
        """Two readings agree that Letzshop does not know it."""
        self.import_orders()
        self.import_orders()
        self.assertTrue(self.lost.orion_not_found_at)

    def test_is_said_and_looked_for_once_a_day(self):
        self.assertEqual(self.confirmed_pages_read(), 3)
        self.assertEqual(self.lost.orion_sync_status, "synced", "pages may have moved")
        self.assertEqual(self.confirmed_pages_read(), 3)
        self.assertEqual(self.lost.orion_sync_status, "error")
        self.assertIn("no longer knows this order", self.lost.orion_sync_error)
        self.assertEqual(self.lost.state, "draft")
        self.assertEqual(self.open.orion_sync_status, "synced")
        self.assertEqual(self.confirmed_pages_read(), 3)
        self.assertEqual(self.confirmed_pages_read(), 0)
        self.lost.sudo().orion_looked_at = fields.Datetime.now() - timedelta(hours=25)
        self.assertEqual(self.confirmed_pages_read(), 3)
        self.assertEqual(self.confirmed_pages_read(), 0)
        self.assertIn(self.lost.name, self.undecidable_task().note)

    def test_others_are_still_looked_for(self):
        self.confirmed_pages_read()
        self.control.decide(shipment=self.open.orion_external_id)
        self.assertGreater(self.confirmed_pages_read(), 0)
        self.assertEqual(self.open.orion_decision, "accepted")

    def test_comes_back(self):
        self.confirmed_pages_read()
        self.open.sudo().write({"orion_not_found_at": fields.Datetime.now()})
        self.import_orders()
        self.assertFalse(self.open.orion_not_found_at)
        self.assertEqual(self.open.orion_sync_status, "synced")
        # a decision on its way stays so
        self.open.sudo().write(
            {"orion_not_found_at": fields.Datetime.now(), "orion_sync_status": "pending"}
        )
        self.import_orders()
        self.assertFalse(self.open.orion_not_found_at)
        self.assertEqual(self.open.orion_sync_status, "pending")
        self.lost.sudo().write({"orion_not_found_at": fields.Datetime.now()})
        result = self.import_orders(external_ids=[self.shipment, self.open.orion_external_id])
        self.assertEqual((result["orders_updated"], result["orders_failed"]), (1, 1))
        self.assertIn(f"does not know an order {self.shipment}", result["errors"][0]["message"])
        self.assertTrue(self.lost.orion_not_found_at)

    def test_can_be_cancelled_by_hand(self):
        clerk = new_test_user(self.env, "clerk", groups="orion_base.group_orion_user")
        cancel = {"status": "cancelled", "reason": "Letzshop says it was a test"}
        with self.assertRaisesRegex(UserError, "waits for the decision"):
            self.lost.with_user(clerk).orion_set_status(**cancel)
        with self.assertRaisesRegex(UserError, "cannot be written"):
            self.lost.with_user(clerk).orion_not_found_at = fields.Datetime.now()
        self.lose()
        self.lost.with_user(clerk).orion_set_status(**cancel)
        self.assertEqual((self.lost.state, self.lost.orion_status), ("cancel", "cancelled"))
        self.assertEqual(self.lost.orion_decision, "cancelled")
        with self.assertRaisesRegex(UserError, "waits for the decision"):
            self.open.with_user(clerk).orion_set_status(**cancel)
