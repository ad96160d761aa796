from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
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
from odoo.addons.orion_orders.models.sale_order_takeover import MOST_LOOKS

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

    def test_an_order_that_slipped_through_once_is_not_said_to_be_gone(self):
        sale = self.imported(order("S1"))
        self.run_import()
        self.assertTrue(sale.orion_missed_at)
        self.assertFalse(sale.orion_not_found_at)
        self.assertEqual(sale.orion_sync_status, "synced")
        self.marketplace.open = [[order("S1")]]
        self.run_import()
        self.assertFalse(sale.orion_missed_at)
        self.marketplace.open = []
        self.run_import()
        self.assertFalse(sale.orion_not_found_at, "the looks before count no more")
        self.run_import()
        self.assertTrue(sale.orion_not_found_at)
        self.assertIn("no longer knows this order", sale.orion_sync_error)

    def test_pages_that_leave_something_out_say_nothing_of_what_is_gone(self):
        sale = self.imported(order("S1"))
        whole = self.marketplace._pages

        def cut(pages, cursor):
            for page in whole(pages, cursor):
                yield replace(page, complete=False)

        with patch.object(self.marketplace, "_pages", cut):
            for _run in range(MOST_LOOKS + 1):
                self.run_import()
        self.assertFalse(sale.orion_missed_at or sale.orion_not_found_at)
        self.assertEqual(len(self.marketplace.asked), MOST_LOOKS, "looked for daily only")
        self.assertIn("does not say what was decided", sale.orion_sync_error)

    def test_an_incomplete_page_counts_after_an_interruption_too(self):
        sale = self.imported(order("S1"))
        sale.sudo().orion_missed_at = T0.replace(tzinfo=None)
        self.run_import(state={"phase": "decided", "cursor": None, "seen": [], "complete": False})
        self.assertFalse(sale.orion_not_found_at)

    # === WHAT NOBODY CAN DECIDE === #

    def undecidable(self, count=1):
        """Orders that are open here, and that the marketplace has among those decided without
        saying how."""
        orders = [order(f"U{number}") for number in range(count)]
        sales = self.imported(*orders)
        self.marketplace.decided = [
            replace(one, state=OrderState.OTHER, version=LATER) for one in orders
        ]
        for _run in range(MOST_LOOKS):
            self.run_import()
        return sales

    def tasks(self):
        kind = self.env.ref("orion_orders.activity_type_undecidable_order")
        return self.channel.activity_ids.filtered(lambda one: one.activity_type_id == kind)

    def test_what_nobody_can_decide_is_looked_for_daily_with_one_task(self):
        sales = self.undecidable(3)
        self.assertEqual(len(self.marketplace.asked), MOST_LOOKS)
        self.run_import()
        self.assertEqual(len(self.marketplace.asked), MOST_LOOKS)
        task = self.tasks()
        self.assertEqual(len(task), 1)
        self.assertEqual(task.user_id, self.channel.responsible_id)
        self.assertIn(": 3", task.summary)
        for sale in sales:
            self.assertIn(sale.name, task.note)
            self.assertEqual(sale.orion_sync_status, "error")
            self.assertIn("does not say what was decided", sale.orion_sync_error)
        sales.sudo().orion_looked_at = fields.Datetime.now() - timedelta(hours=25)
        self.run_import()
        self.assertEqual(len(self.marketplace.asked), MOST_LOOKS + 1)
        self.assertEqual(self.tasks(), task, "the same task")

    def test_a_task_that_was_done_comes_again_for_others_only(self):
        sales = self.undecidable()
        self.tasks().action_feedback()
        sales.sudo().orion_looked_at = fields.Datetime.now() - timedelta(hours=25)
        self.run_import()
        self.assertFalse(self.tasks())
        self.undecidable(2)
        self.assertEqual(len(self.tasks()), 1)

    def test_once_it_is_decided_the_task_is_over(self):
        sale = self.undecidable()
        sale.sudo().orion_looked_at = fields.Datetime.now() - timedelta(hours=25)
        self.marketplace.decided = [
            order("U0", state=OrderState.ACCEPTED, version=LATER + timedelta(days=1))
        ]
        self.run_import()
        self.assertEqual(sale.orion_decision, "accepted")
        self.assertEqual((sale.orion_sync_status, sale.orion_sync_error), ("synced", False))
        self.assertFalse(self.tasks())

    def test_open_again_it_counts_anew(self):
        sale = self.undecidable()
        self.marketplace.open = [[order("U0", version=LATER + timedelta(days=1))]]
        self.run_import()
        self.assertEqual((sale.orion_vain_looks, sale.orion_sync_status), (0, "synced"))
        self.assertFalse(self.tasks())

    def test_what_nobody_can_decide_may_be_voided(self):
        sale = self.undecidable().with_user(self.clerk)
        sale.orion_set_status("cancelled", "Their support says so")
        self.assertEqual((sale.state, sale.orion_status), ("cancel", "cancelled"))
        self.run_import()
        self.assertFalse(self.tasks())

    def test_queries_of_looking_do_not_grow(self):
        def count(number):
            self.imported(*[order(f"Q{number}-{n}") for n in range(number)])
            self.env.flush_all()
            self.env.invalidate_all()
            wanted = [f"Q{number}-{n}" for n in range(number)]
            before = self.cr.sql_log_count
            for _look in range(MOST_LOOKS):
                self.channel._note_vain_looks(wanted, set(), True)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(2)
        self.assertLessEqual(count(50), count(10) + 3)

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
