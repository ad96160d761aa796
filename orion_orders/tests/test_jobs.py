from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from odoo.addons.orion_base.engine.cursors import CALLS_LOCK, read_committed, try_lock_channel
from odoo.addons.orion_base.engine.jobs import JobReport
from odoo.addons.orion_base.lib.errors import (
    Forbidden,
    HostUnreachable,
    ServiceUnavailable,
    Unauthorised,
    UnknownOutcome,
)
from odoo.addons.orion_orders.lib.order_data import OrderProblem, OrderState

from .common import T0, OrdersCase, order

LATER = T0 + timedelta(hours=5)


class TestOrderImportJob(OrdersCase):
    def counts(self, steps):
        total = {}
        for step in steps:
            for name, number in step.counts.items():
                total[name] = total.get(name, 0) + number
        return total

    def test_pages(self):
        self.marketplace.open = [[order("S1"), order("S2")], [order("S3")]]
        steps = self.run_import()
        self.assertEqual([step.processed for step in steps], [2, 1])
        self.assertEqual(steps[0].state["cursor"], {"page": 1})
        self.assertEqual(self.counts(steps)["orders_imported"], 3)

    def test_shifting_pages(self):
        self.marketplace.open = [[order("S1"), order("S2")], [order("S2"), order("S3")]]
        counts = self.counts(self.run_import())
        self.assertEqual((counts["orders_imported"], counts["orders_unchanged"]), (3, 1))
        self.assertEqual(len(self.find("S1", "S2", "S3")), 3)

    def test_goes_on_behind_the_last_page(self):
        self.marketplace.open = [[order("S1")], [order("S2")], [order("S3")]]
        steps = self.channel._job_order_import({}, {})
        state = next(step.state for step in steps if step.processed)
        steps = self.run_import(state=state)
        self.assertEqual(self.counts(steps)["orders_imported"], 2)
        self.assertEqual(len(self.find("S1", "S2", "S3")), 3)

    def test_problems_are_kept(self):
        self.marketplace.open = [[order("S1")]]
        self.marketplace.problems = (OrderProblem("BAD", "No price.", {"id": "BAD"}),)
        [step] = self.run_import()
        self.assertEqual((step.succeeded, step.failed), (1, 1))
        self.assertEqual(step.errors[0]["message"], "No price.")
        kept = self.env["orion.order.payload"].search([("external_id", "=", "BAD")])
        self.assertEqual((kept.status, kept.error), ("failed", "No price."))

    def test_ends_its_transaction_before_it_fetches(self):
        self.marketplace.open = [[order("S1")]]
        with patch.object(self.marketplace, "iter_open_orders", side_effect=AssertionError):
            step = next(self.channel._job_order_import({}, {}))
        self.assertEqual((step.processed, step.state), (0, None))

    def test_decided_by_other_hands(self):
        sales = self.imported(order("S1"), order("S2"), order("S3"), order("S4"))
        self.marketplace.open = [[order("S4")]]
        self.marketplace.decided = [
            order("S1", state=OrderState.ACCEPTED, version=LATER),
            order("S2", state=OrderState.REFUSED, version=LATER),
            order("S3", state=OrderState.CANCELLED, version=LATER),
        ]
        counts = self.counts(self.run_import())
        self.assertEqual(self.marketplace.asked, [["S1", "S2", "S3"]])
        self.assertEqual(counts["orders_updated"], 3)
        self.assertEqual(sales.mapped("state"), ["sale", "cancel", "cancel", "draft"])
        self.assertEqual(
            sales.mapped("orion_decision"), ["accepted", "refused", "refused", "undecided"]
        )
        self.assertTrue(sales[0].picking_ids)
        notes = sales[0].message_ids.mapped("body")
        self.assertTrue(any("taken over" in note for note in notes))
        self.assertFalse(self.marketplace.calls)

    def test_orders_on_their_way_are_not_looked_for(self):
        self.imported(order("S1")).with_user(self.clerk).orion_confirm()
        self.run_import()
        self.assertFalse(self.marketplace.asked)

    def test_shipped_and_delivered_by_other_hands(self):
        sale = self.imported(order())
        sale._orion_accepted()
        self.import_page(order(state=OrderState.DELIVERED, version=LATER, tracking_number="T1"))
        self.assertEqual(sale.orion_status, "delivered")
        self.assertEqual(sale.orion_tracking_number, "T1")
        self.assertTrue(sale.orion_shipped_at)
        self.assertTrue(sale.orion_delivered_at)

    def test_orders_of_the_past_move_on_without_moving_anything(self):
        sale = self.imported(order(state=OrderState.ACCEPTED), history=True)
        self.import_page(order(state=OrderState.SHIPPED, version=LATER))
        self.assertEqual((sale.orion_status, sale.state, sale.locked), ("shipped", "sale", True))
        self.assertFalse(sale.picking_ids)

    def test_cancelled_after_it_was_accepted(self):
        sale = self.imported(order())
        sale._orion_accepted()
        self.import_page(order(state=OrderState.CANCELLED, version=LATER))
        self.assertEqual((sale.state, sale.orion_decision), ("cancel", "cancelled"))
        self.assertEqual(sale.orion_status, "cancelled")

    def test_just_these(self):
        self.marketplace.open = [[order("S1"), order("S2")]]
        first, step = self.run_import(parameters={"external_ids": ["S2", "GONE"]})
        self.assertEqual((first.processed, first.failed), (1, 0))
        self.assertEqual((step.succeeded, step.failed), (0, 1))
        self.assertEqual(step.errors[0]["external_id"], "GONE")
        self.assertFalse(self.find("S1"))

    def test_history(self):
        self.marketplace.history = [
            [order("H1", state=OrderState.ACCEPTED)],
            [order("H2"), order("H1")],
        ]
        steps = self.run_import(job="order_history")
        self.assertEqual(self.counts(steps)["orders_imported"], 2)
        sales = self.find("H1", "H2")
        self.assertEqual(sales.mapped("orion_is_history"), [True, False])


class TestImportOrders(OrdersCase):
    def import_orders(self, **values):
        with self.enter_registry_test_mode():
            result = self.channel.with_user(self.clerk).import_orders(**values)
        self.env.invalidate_all()
        return result

    def test_whole_way(self):
        self.marketplace.open = [[order("S1"), order("S2", currency="???")]]
        result = self.import_orders()
        self.assertEqual(result["orders_imported"], 1)
        self.assertEqual(result["orders_failed"], 1)
        self.assertTrue(result["success"])
        self.assertIn("1 imported", result["message"])
        self.assertEqual(result["errors"][0]["external_id"], "S2")

    def test_one_notification_a_run(self):
        self.marketplace.open = [[order("S1")], [order("S2")]]
        user = self.channel.responsible_id
        before = self.env["mail.notification"].search([("res_partner_id", "=", user.partner_id.id)])
        self.import_orders()
        notes = (
            self.env["mail.notification"].search([("res_partner_id", "=", user.partner_id.id)])
            - before
        )
        self.assertEqual(len(notes), 1)
        self.assertEqual(notes.notification_type, "inbox")
        body = notes.mail_message_id.body
        self.assertIn("2 new orders", body)
        self.assertIn("<a href=", body)
        self.import_orders()
        again = self.env["mail.notification"].search([("res_partner_id", "=", user.partner_id.id)])
        self.assertEqual(again - before, notes)

    def test_messages_tell_apart(self):
        cases = [
            (Unauthorised("No."), "key was refused"),
            (Forbidden("No."), "no right to read orders"),
            (HostUnreachable("No."), "cannot be reached"),
            (ServiceUnavailable("No."), "does not serve now"),
            (UnknownOutcome("No."), "failing"),
        ]
        for error, words in cases:
            report = JobReport(log_id=1, status="failed", error=error)
            with (
                self.subTest(words),
                patch(
                    "odoo.addons.orion_orders.models.orion_channel_orders.run_job",
                    return_value=report,
                ),
            ):
                result = self.channel.with_user(self.clerk).import_orders()
                self.assertFalse(result["success"])
                self.assertIn(words, result["message"])

    def test_nothing_and_all_already(self):
        self.assertIn("nothing to import", self.import_orders()["message"])
        self.marketplace.open = [[order("S1")]]
        self.import_orders()
        result = self.import_orders()
        self.assertIn("imported already", result["message"])
        self.assertTrue(result["success"])

    def test_several_channels_sum(self):
        other = self.create_channel("Second")
        self.marketplace.open = [[order("S1")]]
        with self.enter_registry_test_mode():
            result = (self.channel | other).with_user(self.clerk).import_orders()
        self.assertEqual(result["orders_imported"], 2)

    def test_history_in_the_background(self):
        self.marketplace.history = [[order("H1", state=OrderState.ACCEPTED)]]
        result = self.channel.with_user(self.clerk).import_history()
        log = self.env["orion.sync.log"].browse(result["log_id"])
        self.assertEqual((log.status, log.operation_type), ("pending", "order_history"))
        self.assertEqual(self.channel.with_user(self.clerk).import_history(), result)
        self.work()
        self.assertEqual(log.status, "success")
        self.assertEqual(log.counts["orders_imported"], 1)
        self.assertNotEqual(self.channel.import_history(), result)

    def test_storefront_has_nothing_to_import(self):
        with self.assertRaisesRegex(UserError, "brings no orders"):
            self.company._orion_storefront().with_user(self.clerk).import_orders()

    def test_rights(self):
        with self.assertRaises(AccessError):
            self.channel.with_user(self.seller).import_orders()


class TestPayloads(OrdersCase):
    def test_a_manager_sets_the_retention(self):
        manager = new_test_user(self.env, "keeper", groups="orion_base.group_orion_manager")
        settings = self.env["orion.settings"].with_user(manager)
        self.assertEqual(settings.create({}).orion_payload_retention_days, 180)
        settings.create({"orion_payload_retention_days": 30})
        parameters = self.env["ir.config_parameter"]
        self.assertEqual(parameters.get_param("orion_orders.payload_retention_days"), "30")
        self.assertEqual(settings.create({}).orion_payload_retention_days, 30)

    def test_who_started_a_run(self):
        log = self.channel._request_job("order_import")
        self.assertEqual(log.triggered_by, f"user:{self.env.uid}")
        self.assertEqual(log.triggered_by_name, self.env.user.name)
        log.triggered_by = "scheduler"
        self.assertEqual(log.triggered_by_name, "Scheduler")

    def test_retention(self):
        sale = self.imported(order("S1"))
        self.import_page(order("BAD", currency="???"))
        payloads = self.env["orion.order.payload"].search([("channel_id", "=", self.channel.id)])
        payloads.received_at = "2020-01-01"
        payloads._gc_old_payloads()
        self.assertEqual(payloads.exists().mapped("external_id"), ["BAD"])
        self.assertTrue(sale.exists())

    def test_replay_needs_the_channels_help(self):
        self.imported(order())
        payload = self.env["orion.order.payload"].search([("external_id", "=", "S1")])
        with self.assertRaisesRegex(UserError, "cannot read kept payloads"):
            payload.with_user(self.clerk).action_replay()

    def test_replay_waits_for_the_worker_of_the_channel(self):
        self.imported(order())
        payload = self.env["orion.order.payload"].search([("external_id", "=", "S1")])
        with read_committed(self.env.registry) as worker:
            self.assertTrue(try_lock_channel(worker, CALLS_LOCK, self.channel.id))
            with self.assertRaisesRegex(UserError, "is being worked on right now"):
                payload.with_user(self.clerk).action_replay()
