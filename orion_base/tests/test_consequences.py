from unittest.mock import patch

from psycopg2.errors import DeadlockDetected

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.orion_base.engine import consequences
from odoo.addons.orion_base.engine.cursors import CALLS_LOCK, OUTCOMES_LOCK
from odoo.addons.orion_base.engine.outbox import Outbox
from odoo.addons.orion_base.lib.errors import UnknownOutcome

from .common import EngineCase


@tagged("post_install", "-at_install")
class TestConsequences(EngineCase):
    """The business record of these tests is a partner."""

    def setUp(self):
        super().setUp()
        self.partner = self.env["res.partner"].create({"name": "Record"})
        self.seen = []
        self.fail_with = None
        case = self

        def done(record, operation):
            case.seen.append((record.id, operation.idempotency_key, operation.status))
            if case.fail_with:
                raise case.fail_with
            record.ref = operation.response_data and operation.response_data["seen"]

        patcher = patch.object(
            self.env.registry["res.partner"], "_orion_operation_done", done, create=True
        )
        patcher.start()
        self.addCleanup(patcher.stop)

    def enqueue_done(self, key):
        """An operation that another worker sent."""
        operation = self.enqueue(key, record=self.partner)
        operation.sudo().write(
            {"status": "completed", "applied": False, "response_data": {"seen": key}}
        )
        return operation

    def test_record_hears_of_the_outcome_once(self):
        operation = self.enqueue("a", record=self.partner)
        self.work()
        self.work()
        self.assertEqual(self.seen, [(self.partner.id, "a", "completed")])
        self.assertTrue(operation.applied)
        self.assertEqual(self.partner.ref, "a")

    def test_failure_keeps_the_outcome_and_is_tried_again_with_one_activity(self):
        operation = self.enqueue("a", record=self.partner)
        self.fail_with = UserError("No route for this product.")
        self.work()
        self.assertEqual(operation.status, "completed")
        self.assertFalse(operation.applied)
        self.assertEqual(operation.apply_error, "No route for this product.")
        self.assertEqual(len(self.partner.activity_ids), 1)
        self.assertIn("nothing is sent again", self.partner.activity_ids.note)
        self.end_pause()
        self.work()
        self.assertEqual(len(self.partner.activity_ids), 1)
        self.fail_with = None
        self.end_pause()
        self.work()
        self.assertTrue(operation.applied)
        self.assertFalse(operation.apply_error)
        self.assertEqual(self.adapter.sent(), ["a"])

    def test_deadlock_with_a_person_is_no_failure(self):
        operation = self.enqueue("a", record=self.partner)
        self.fail_with = DeadlockDetected()
        self.work()
        self.assertFalse(operation.applied or operation.apply_attempts)
        self.assertFalse(self.partner.activity_ids)
        self.fail_with = None
        self.work()
        self.assertTrue(operation.applied)

    @mute_logger("odoo.addons.orion_base.engine.consequences")
    def test_one_that_fails_does_not_stop_the_others(self):
        other = self.env["res.partner"].create({"name": "Other"})

        def done(record, operation):
            if record == self.partner:
                raise ZeroDivisionError
            record.ref = "done"

        with patch.object(self.env.registry["res.partner"], "_orion_operation_done", done):
            bad = self.enqueue("bad", record=self.partner, verb="test_batch")
            good = self.enqueue("good", record=other, verb="test_batch")
            self.work()
        self.assertEqual((bad.applied, good.applied), (False, True))
        self.assertEqual(bad.apply_error, "ZeroDivisionError")
        self.assertEqual(other.ref, "done")

    def test_unknown_is_told_once_not_at_every_question(self):
        self.enqueue("a", record=self.partner)
        self.adapter.script = [UnknownOutcome("?"), UnknownOutcome("?"), UnknownOutcome("?")]
        for _look in range(3):
            self.work()
            self.end_pause()
        self.assertEqual(self.seen, [(self.partner.id, "a", "unknown")])

    def test_record_that_is_gone_is_passed_over(self):
        operation = self.enqueue("a", record=self.partner)
        self.partner.unlink()
        self.work()
        self.assertTrue(operation.applied)
        self.assertEqual(self.seen, [])

    def test_unknown_that_was_not_told_yet_is_told_after_another_question(self):
        self.enqueue("a", record=self.partner)
        self.adapter.script = [UnknownOutcome("?"), UnknownOutcome("?")]
        self.work(steps=1)
        self.end_pause()
        with self.enter_registry_test_mode():
            self.assertEqual(Outbox(self.channel).reconcile(), 1)
        self.work()
        self.assertEqual(self.seen, [(self.partner.id, "a", "unknown")])

    def test_calls_wait_behind_one_chunk_at_most(self):
        partners = self.env["res.partner"].create([{"name": str(number)} for number in range(4)])
        for partner in partners:
            self.enqueue(f"of {partner.name}", record=partner, verb="test_batch")
        case, events = self, []

        def done(record, operation):
            events.append(operation.idempotency_key)
            if len(events) == 1:
                case.enqueue("urgent")

        original = self.adapter.send

        def send(verb, requests):
            events.extend(request.reference for request in requests if verb == "test_single")
            return original(verb, requests)

        with (
            patch.object(self.env.registry["res.partner"], "_orion_operation_done", done),
            patch.object(self.adapter, "send", send),
            patch.object(consequences, "CHUNK", 1),
        ):
            self.work()
        self.assertEqual(events, ["of 0", "urgent", "of 1", "of 2", "of 3"])

    def test_outcomes_are_taken_over_while_another_worker_calls(self):
        self.enqueue_done("a")
        waiting = self.enqueue("b")
        self.env.flush_all()
        with self.elsewhere(CALLS_LOCK):
            self.work()
        self.assertEqual(self.seen, [(self.partner.id, "a", "completed")])
        self.assertEqual(waiting.status, "pending")

    def test_calls_are_made_while_another_worker_takes_outcomes_over(self):
        self.enqueue("a", record=self.partner)
        with self.elsewhere(OUTCOMES_LOCK):
            self.work()
        self.assertEqual(self.adapter.sent(), ["a"])
        self.assertEqual(self.seen, [])
        self.work()
        self.assertEqual(self.seen, [(self.partner.id, "a", "completed")])

    def test_calls_come_first_and_outcomes_soon(self):
        self.enqueue_done("a")
        self.enqueue("0")
        self.env.flush_all()
        told = []
        answer, send_all = self.adapter.send, Outbox.send

        def send(verb, requests):
            # there is always more to send than one step takes
            told.append(len(self.seen))
            self.enqueue(str(len(told)))
            return answer(verb, requests)

        with (
            patch.object(self.adapter, "send", send),
            patch.object(Outbox, "send", lambda box, limit=None: send_all(box, 1)),
        ):
            self.work(steps=4)
        self.assertEqual(told, [0, 1, 1])
