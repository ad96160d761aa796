from datetime import timedelta
from unittest.mock import Mock, patch

from psycopg2 import OperationalError

from odoo import fields
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.orion_base.engine import outbox_store
from odoo.addons.orion_base.engine.cursors import is_connected
from odoo.addons.orion_base.engine.outbox import Outbox
from odoo.addons.orion_base.lib.errors import (
    HostUnreachable,
    NotHappened,
    RateLimited,
    Rejected,
    Unauthorised,
    UnknownOutcome,
)
from odoo.addons.orion_base.lib.outbox import OperationResult

from .common import VERBS, EngineCase


@tagged("post_install", "-at_install")
class TestOutbox(EngineCase):
    def test_same_key_is_one_operation(self):
        first = self.enqueue("a", "b")
        again = self.enqueue("b", "a", "c")
        self.assertEqual(again[:2], first[1] + first[0])
        self.assertEqual(len(first | again), 3)

    def test_completed_with_response_and_log(self):
        operation = self.enqueue("a")
        self.work()
        self.assertEqual(operation.status, "completed")
        self.assertEqual(operation.response_data, {"seen": "a"})
        self.assertTrue(operation.sent_at)
        self.assertFalse(operation.sudo().lease_token)
        log = operation.log_id
        self.assertEqual(
            (log.direction, log.status, log.records_processed), ("outbound", "success", 1)
        )
        self.assertEqual(log.company_id, self.channel.company_id)

    def test_one_request_for_a_batch_verb(self):
        self.enqueue(*"abcde", verb="test_batch")
        self.work()
        self.assertEqual(self.adapter.calls, [("send", "test_batch", list("abcde"))])

    def test_one_request_each_for_a_single_verb(self):
        self.enqueue(*"abc")
        self.work()
        self.assertEqual([refs for _m, _v, refs in self.adapter.calls], [["a"], ["b"], ["c"]])

    def test_higher_priority_goes_first(self):
        self.enqueue("late")
        self.enqueue("urgent", priority=5)
        self.work()
        self.assertEqual(self.adapter.sent(), ["urgent", "late"])

    def test_order_of_one_record_is_kept_across_verbs(self):
        self.enqueue("1", ordering="so,1")
        self.enqueue("2", ordering="so,1", verb="test_batch", priority=9)
        self.enqueue("3", ordering="so,1")
        self.work()
        self.assertEqual(self.adapter.sent(), ["1", "2", "3"])

    def test_later_ones_wait_behind_an_unknown_one(self):
        first = self.enqueue("1", ordering="so,1")
        second = self.enqueue("2", ordering="so,1")
        self.adapter.script = [UnknownOutcome("lost"), UnknownOutcome("still lost")]
        self.work()
        self.assertEqual((first.status, second.status), ("unknown", "pending"))
        self.assertEqual(self.adapter.sent(), ["1"])

    def test_rate_limit_waits_as_told_and_uses_no_attempt(self):
        operation = self.enqueue("a")
        self.adapter.script = [RateLimited("slow down", retry_after=40)]
        self.work()
        self.assertEqual((operation.status, operation.attempts), ("pending", 0))
        wait = (operation.next_attempt_at - fields.Datetime.now()).total_seconds()
        self.assertTrue(30 <= wait <= 41, wait)
        # the whole channel pauses, without alarm
        other = self.enqueue("b")
        self.work()
        self.assertEqual(other.status, "pending")
        self.assertFalse(self.channel.activity_ids)

    def test_rejected_fails_cancels_followers_and_revives_them(self):
        first = self.enqueue("1", ordering="so,1")
        second = self.enqueue("2", ordering="so,1")
        self.adapter.script = [Rejected("no such unit")]
        self.work()
        self.assertEqual((first.status, second.status), ("failed", "cancelled"))
        self.assertEqual(first.error_message, "no such unit")
        self.assertEqual(second.blocked_by_id, first)
        self.assertEqual(len(self.channel.activity_ids), 1)
        self.assertEqual(first.retry(), {"retried": 2})
        self.assertFalse(self.channel.activity_ids)
        self.work()
        self.assertEqual((first.status, second.status), ("completed", "completed"))
        self.assertEqual(self.adapter.sent(), ["1", "1", "2"])

    def test_unknown_that_did_not_happen_is_sent_again(self):
        operation = self.enqueue("a")
        self.adapter.script = [UnknownOutcome("timeout"), NotHappened("still open")]
        self.work()
        self.end_pause()
        self.work()
        self.assertEqual(operation.status, "completed")
        self.assertEqual([m for m, _v, _r in self.adapter.calls], ["send", "reconcile", "send"])

    def test_unknown_that_happened_is_not_sent_again(self):
        operation = self.enqueue("a")
        self.adapter.script = [UnknownOutcome("timeout")]
        self.work()
        self.end_pause()
        self.work()
        self.assertEqual(operation.status, "completed")
        self.assertEqual([m for m, _v, _r in self.adapter.calls], ["send", "reconcile"])

    def test_unknown_absolute_value_is_sent_again_without_asking(self):
        operation = self.enqueue("a", verb="test_absolute")
        self.adapter.script = [UnknownOutcome("timeout")]
        self.work()
        self.end_pause()
        self.work()
        self.assertEqual(operation.status, "completed")
        self.assertEqual([m for m, _v, _r in self.adapter.calls], ["send", "send"])

    def test_unknown_that_only_a_person_can_settle_stays(self):
        operation = self.enqueue("a", verb="test_manual")
        self.adapter.script = [UnknownOutcome("timeout")]
        self.work()
        self.end_pause()
        self.work()
        self.assertEqual(operation.status, "unknown")
        self.assertEqual(self.adapter.sent(), ["a"])
        operation.retry()
        self.work()
        self.assertEqual(operation.status, "completed")
        self.assertEqual(self.adapter.sent(), ["a", "a"])

    def test_poisonous_request_takes_no_other_with_it(self):
        bad, *good = self.enqueue(*"abc", verb="test_batch")
        boom = UnknownOutcome("boom", details={"status": 500})
        self.adapter.script = [boom, NotHappened("open"), boom]
        for _look in range(4):
            self.work()
            self.end_pause()
        self.assertEqual({operation.status for operation in good}, {"completed"})
        sent = [refs for method, _verb, refs in self.adapter.calls if method == "send"]
        self.assertEqual(sent[:2], [["a", "b", "c"], ["a"]])
        self.assertEqual(bad.attempts, 2)

    def test_poisonous_request_ends_after_its_attempts(self):
        operation = self.enqueue("a")
        boom = UnknownOutcome("boom", details={"status": 500})
        self.adapter.script = [boom, NotHappened("open")] * 3
        for _look in range(6):
            self.work()
            self.end_pause()
        self.assertEqual(operation.status, "failed")
        self.assertEqual(self.adapter.sent(), ["a", "a", "a"])

    def test_words_of_a_marketplace_are_text(self):
        """What comes from outside makes no link and no picture in an activity."""
        words = 'No such <a href="https://evil.example">unit</a>'
        self.enqueue("1")
        self.adapter.script = [Rejected(words)]
        self.work()
        note = self.channel.activity_ids.note
        self.assertNotIn("<a", note)
        self.assertIn("&lt;a href", note)
        self.channel.activity_ids.unlink()
        self.enqueue("2")
        self.adapter.script = [Unauthorised(words)]
        self.work()
        self.assertNotIn("<a", self.channel.activity_ids.note)

    def test_refused_key_stops_the_channel_with_one_activity(self):
        operations = self.enqueue(*"abc")
        self.adapter.script = [Unauthorised("The key was refused.")]
        self.work()
        self.assertEqual(operations.mapped("status"), ["pending"] * 3)
        self.assertEqual(len(self.adapter.calls), 1)
        self.assertEqual(len(self.channel.activity_ids), 1)
        self.assertEqual(self.channel.state, "error")
        # a probe that fails makes no second activity
        self.adapter.script = [Unauthorised("The key was refused.")]
        self.end_pause()
        self.work()
        self.assertEqual(len(self.adapter.calls), 2)
        self.assertEqual(len(self.channel.activity_ids), 1)
        # a new key: everything goes, and the activity is done
        self.reset_circuit()
        self.reset_circuit()
        self.work()
        self.assertEqual(operations.mapped("status"), ["completed"] * 3)
        self.assertFalse(self.channel.activity_ids)
        self.assertEqual(self.channel.state, "connected")

    def test_service_down_opens_after_some_failures_and_a_probe_is_one_request(self):
        self.enqueue(*"abc")
        for _failure in range(3):
            self.adapter.script = [HostUnreachable("no route")]
            self.work()
            self.end_pause()
        self.assertEqual(self.channel.state, "error")
        calls = len(self.adapter.calls)
        self.adapter.script = [HostUnreachable("no route")]
        self.work()
        self.assertEqual(len(self.adapter.calls), calls + 1)

    def test_trouble_of_one_channel_does_not_stop_another(self):
        self.enqueue("bad")
        good = self.enqueue("good", channel=self.channel_2)
        self.adapter.script = [Unauthorised("refused")]
        self.work()
        self.assertEqual(good.status, "completed")

    def test_killed_before_sending_goes_back_to_the_queue(self):
        operation = self.enqueue("a")
        self._lease_expired(operation, sent_at=False)
        self.work()
        self.assertEqual(operation.status, "completed")
        self.assertEqual([m for m, _v, _r in self.adapter.calls], ["send"])

    def test_killed_after_sending_is_unknown_and_asked_about(self):
        operation = self.enqueue("a")
        self._lease_expired(operation, sent_at=fields.Datetime.now())
        self.work()
        self.assertEqual(operation.status, "completed")
        self.assertEqual([m for m, _v, _r in self.adapter.calls], ["reconcile"])

    def test_run_of_a_worker_killed_while_it_asked_is_closed(self):
        lost = self.env["orion.sync.log"].create(
            {"channel_id": self.channel.id, "operation_type": "test", "direction": "outbound"}
        )
        self.enqueue("a")
        self.work()
        self.assertEqual((lost.status, bool(lost.completed_at)), ("failed", True))

    def _lease_expired(self, operation, sent_at):
        operation.sudo().write(
            {
                "status": "processing",
                "lease_token": "gone",
                "lease_until": fields.Datetime.now() - timedelta(seconds=1),
                "sent_at": sent_at,
            }
        )
        self.env.flush_all()

    def test_outcome_of_a_lost_lease_is_not_written(self):
        operation = self.enqueue("a")
        self.env.flush_all()

        def steal(verb, requests):
            self.env.cr.execute("UPDATE orion_operation SET lease_token = 'other'")
            return [OperationResult(request.reference) for request in requests]

        with patch.object(self.adapter, "send", steal), self.enter_registry_test_mode():
            Outbox(self.channel).send()
        self.env.invalidate_all()
        self.assertEqual((operation.status, operation.sudo().lease_token), ("processing", "other"))

    @mute_logger("odoo.addons.orion_base.engine.outbox")
    def test_fault_of_the_connector_is_an_unknown_outcome(self):
        operation = self.enqueue("a")
        with patch.object(self.adapter, "send", side_effect=ZeroDivisionError):
            self.work(steps=1)
        self.assertEqual(operation.status, "unknown")

    def test_verbs_are_described(self):
        self.assertEqual(set(self.env["orion.operation"]._get_verbs()), set(VERBS))

    def test_outcome_is_kept_although_the_connection_was_lost_during_the_call(self):
        operation = self.enqueue("a")
        call, lost = Outbox._call, []

        def lose(box, *arguments):
            results = call(box, *arguments)
            lost.append(box.store._kept_cr)
            lost[0].execute = Mock(side_effect=OperationalError)
            return results

        with (
            patch.object(Outbox, "_call", lose),
            patch.object(outbox_store, "is_connected", lambda cr: cr not in lost),
        ):
            self.work(steps=1)
        self.assertEqual(operation.status, "completed")

    def test_lost_connection_is_seen(self):
        with self.assertRaises(OperationalError), db_connect(self.env.cr.dbname).cursor() as cr:
            cr.execute("SELECT pg_backend_pid()")
            (pid,) = cr.fetchone()
            before = is_connected(cr)
            self.env.cr.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
            after = is_connected(cr)
        self.assertEqual((before, after), (True, False))
