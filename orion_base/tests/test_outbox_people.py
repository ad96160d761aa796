from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.orion_base.lib.errors import (
    NotHappened,
    RateLimited,
    Rejected,
    UnknownOutcome,
)

from .common import EngineCase
from .query_log import logged_queries


@tagged("post_install", "-at_install")
class TestOutboxPeople(EngineCase):
    """What people may do with operations: give them up, and have them sent again."""

    def test_cancel_only_what_was_not_sent(self):
        done, waiting = self.enqueue("a"), self.enqueue("b", channel=self.channel_2)
        self.channel_2.active = False
        self.work()
        self.assertEqual(waiting.cancel("not needed"), {"cancelled": 1})
        self.assertEqual((waiting.status, waiting.cancel_reason), ("cancelled", "not needed"))
        with self.assertRaises(UserError):
            done.cancel()
        with self.assertRaises(UserError):
            done.retry()

    def test_what_is_given_up_is_nobodys_task_any_more(self):
        failed = self.enqueue("a")
        self.adapter.script = [Rejected("no")]
        self.work()
        self.assertEqual(len(self.channel.activity_ids), 1)
        failed.cancel("Seen to")
        self.assertFalse(self.channel.activity_ids)

    def test_many_are_given_up_at_once(self):
        def queries(count):
            failed = self.enqueue(*(f"{count}-{number}" for number in range(count)))
            failed.sudo().status = "failed"
            self.env.flush_all()
            self.env.invalidate_all()
            with logged_queries(self.env) as asked:
                self.assertEqual(failed.cancel(), {"cancelled": count})
                self.env.flush_all()
            return len(asked)

        queries(2)
        self.assertLessEqual(queries(50), queries(10) + 2)

    def test_those_that_can_be_retried_or_cancelled_are(self):
        failed, done, waiting = self.enqueue("a"), self.enqueue("b"), self.enqueue("c")
        self.adapter.script = [Rejected("no")]
        waiting.sudo().next_attempt_at = fields.Datetime.now() + timedelta(hours=1)
        self.work()
        self.assertEqual((failed | done | waiting).cancel(), {"cancelled": 2})
        self.assertEqual((failed | done | waiting).retry(), {"retried": 2})
        self.assertEqual((failed.status, done.status), ("pending", "completed"))

    def test_only_a_manager_retries(self):
        user = new_test_user(self.env, "orion_user", groups="orion_base.group_orion_user")
        operation = self.enqueue("a")
        with self.assertRaises(UserError):
            operation.with_user(user).cancel()
        self.assertEqual(operation.status, "pending")

    def test_unknown_that_nobody_finds_out_is_given_up(self):
        first, second = self.enqueue("1", "2", ordering="so,1")
        self.adapter.script = [UnknownOutcome("lost")]
        self.work()
        self.assertEqual(first.status, "unknown")
        first.sudo().lease_token = "asking"
        self.assertEqual(first.cancel("Settled by phone"), {"cancelled": 1})
        self.assertFalse(first.sudo().lease_token)
        self.end_pause()
        self.work()
        self.assertEqual((first.status, second.status), ("cancelled", "completed"))

    def test_what_was_given_up_unanswered_is_asked_about_before_it_is_sent_again(self):
        operation = self.enqueue("a")
        self.adapter.script = [UnknownOutcome("lost")]
        self.work()
        operation.cancel("Nobody answers the phone")
        self.assertTrue(operation.may_be_done)
        action = operation.action_retry()
        self.assertIn("asked first", action["params"]["message"])
        self.assertEqual(operation.status, "unknown")
        self.end_pause()
        self.work()
        self.assertEqual(operation.status, "completed")
        self.assertEqual([m for m, _v, _r in self.adapter.calls], ["send", "reconcile"])

    def test_what_was_given_up_and_did_not_happen_is_sent(self):
        operation = self.enqueue("a")
        self.adapter.script = [UnknownOutcome("lost")]
        self.work()
        operation.cancel()
        operation.retry()
        self.adapter.script = [NotHappened("open")]
        self.end_pause()
        self.work()
        self.assertEqual([m for m, _v, _r in self.adapter.calls], ["send", "reconcile", "send"])
        self.assertEqual(operation.status, "completed")

    def test_what_is_known_not_to_have_happened_is_not_asked_about(self):
        first, second = self.enqueue("1", "2", ordering="so,1")
        self.adapter.script = [RateLimited("slow down"), Rejected("no")]
        self.work()
        self.end_pause()
        self.work()
        self.assertEqual((first.status, second.status), ("failed", "cancelled"))
        first.cancel()
        self.assertFalse(first.may_be_done or second.may_be_done)
        (first | second).retry()
        self.work()
        self.assertEqual(self.adapter.sent(), ["1", "1", "1", "2"])

    def test_who_retries_what_cannot_be_asked_about_is_told(self):
        operation, other = self.enqueue("a", verb="test_manual"), self.enqueue("b")
        self.adapter.script = [UnknownOutcome("lost"), Rejected("no")]
        self.work()
        self.end_pause()
        self.work()
        operation.cancel()
        with self.assertRaisesRegex(UserError, "may have been done already"):
            operation.action_retry()
        message = (operation | other).action_retry()["params"]["message"]
        self.assertIn("Left alone", message)
        self.assertEqual((operation.status, other.status), ("cancelled", "pending"))
        operation.action_send_anyway()
        self.assertEqual(operation.status, "pending")

    def test_nobody_is_asked_before_the_marketplace_has_settled(self):
        operation = self.enqueue("a", verb="test_slow")
        self.adapter.script = [UnknownOutcome("lost")]
        self.work()
        planned = operation.next_attempt_at
        operation.retry()
        self.assertEqual(operation.next_attempt_at, planned)
        operation.sudo().next_attempt_at = planned + timedelta(hours=1)
        operation.retry()
        settled = operation.sent_at + timedelta(seconds=self.channel.request_timeout + 90)
        self.assertEqual(operation.next_attempt_at, settled)
