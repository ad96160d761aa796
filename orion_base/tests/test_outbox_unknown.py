from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from odoo.addons.orion_base.engine.decisions import VAIN_LOOKS
from odoo.addons.orion_base.lib.errors import (
    HostUnreachable,
    InvalidAnswer,
    NotHappened,
    UnknownOutcome,
)

from .common import EngineCase


@tagged("post_install", "-at_install")
class TestOutcomeStaysUnknown(EngineCase):
    """What nobody finds out by itself is told to a person, and never sent again blindly."""

    def look(self, *script):
        """One turn of the worker, all waits over."""
        self.adapter.script = list(script)
        self.end_pause()
        self.work(steps=1)
        # what follows from it
        self.adapter.script = []
        self.env.cr.execute("UPDATE orion_operation SET next_attempt_at = now() + interval '1 day'")
        self.work()
        self.env.invalidate_all()

    def tasks(self, record=None):
        """Activities about operations, without those about the channel's own trouble."""
        kind = self.env.ref("orion_base.activity_type_operation_failed")
        return (record or self.channel).activity_ids.filtered(
            lambda activity: activity.activity_type_id == kind
        )

    def test_a_person_is_told_once_after_some_looks(self):
        operation = self.enqueue("a", reference="Order 17")
        lost = UnknownOutcome("The shop is silent.")
        self.look(lost)
        for number in range(1, VAIN_LOOKS + 3):
            self.assertEqual(len(self.tasks()), int(number >= VAIN_LOOKS), number)
            self.look(lost)
        self.assertEqual((operation.status, self.adapter.sent()), ("unknown", ["a"]))
        task = self.tasks()
        self.assertEqual(task.user_id, self.channel.responsible_id)
        for words in ("Order 17: The shop is silent.", "cancel the operation"):
            self.assertIn(words, task.note)
        self.look()
        self.assertEqual(operation.status, "completed")
        self.assertFalse(self.tasks())
        self.assertFalse(operation.told_unknown)
        self.assertEqual(self.adapter.sent(), ["a"])

    def test_the_task_stands_on_the_record(self):
        record = self.env["res.partner"].create({"name": "Léa"})
        taken = patch.object(self.env.registry["res.partner"], "_orion_operation_done", create=True)
        taken.start()
        self.addCleanup(taken.stop)
        operation = self.enqueue("a", record=record)
        for _look in range(VAIN_LOOKS):
            self.look(UnknownOutcome("lost"))
        self.assertEqual((len(self.tasks()), len(self.tasks(record))), (0, 1))
        operation.cancel("Seen to")
        self.work()
        self.assertFalse(self.tasks(record))

    def test_whoever_retries_is_told_anew(self):
        operation = self.enqueue("a")
        for _look in range(VAIN_LOOKS):
            self.look(UnknownOutcome("lost"))
        self.assertEqual(operation.retry(), {"retried": 1})
        self.assertFalse(self.tasks())
        for _look in range(VAIN_LOOKS):
            self.look(UnknownOutcome("lost"))
        self.assertEqual(len(self.tasks()), 1)
        self.assertEqual(self.adapter.sent(), ["a"])

    def test_what_only_a_person_can_settle_is_told_at_once(self):
        operation = self.enqueue("a", verb="test_manual")
        self.look(UnknownOutcome("lost"))
        self.assertIn("if not, retry it", self.tasks().note)
        operation.retry()
        self.assertFalse(self.tasks())
        self.look()
        self.assertEqual(operation.status, "completed")

    def test_what_a_lost_worker_has_left_is_told_too(self):
        operation = self.enqueue("a", verb="test_manual")
        past = fields.Datetime.subtract(fields.Datetime.now(), hours=1)
        operation.sudo().write({"status": "processing", "sent_at": past, "lease_until": past})
        self.look()
        self.assertEqual((operation.status, len(self.tasks())), ("unknown", 1))
        self.assertEqual(self.adapter.calls, [])

    def test_absolute_values_are_nobodys_task(self):
        operation = self.enqueue("a", verb="test_absolute")
        for _time in range(VAIN_LOOKS + 2):
            self.look(HostUnreachable("down"))
            self.look(UnknownOutcome("lost"))
        self.assertFalse(self.tasks())
        self.look()
        self.assertEqual(operation.status, "completed")

    def test_what_is_lost_and_did_not_happen_time_after_time_waits_and_is_told(self):
        operation = self.enqueue("a")
        for _time in range(VAIN_LOOKS):
            self.look(UnknownOutcome("lost"))
            self.adapter.script = [NotHappened("open")]
            self.end_pause()
            self.work(steps=1)
        self.assertEqual((operation.status, len(self.tasks())), ("pending", 1))
        self.assertGreater(operation.next_attempt_at, fields.Datetime.now())
        self.look()
        self.assertEqual((operation.status, len(self.tasks())), ("completed", 0))

    def test_own_answers_that_say_nothing_use_attempts(self):
        answers = {
            "known already": (UnknownOutcome("again", details={"status": 208}), 1),
            "refused without words": (InvalidAnswer("?", details={"status": 400}), 1),
            "a fault": (UnknownOutcome("boom", details={"status": 500}), 1),
            "not understood": (InvalidAnswer("no id"), 1),
            "a gateway": (UnknownOutcome("boom", details={"status": 504}), 0),
            "a gateway in front": (UnknownOutcome("boom", details={"status": 522}), 0),
            "no answer": (UnknownOutcome("reset", details={"cause": "ReadTimeoutError"}), 0),
            "no HTTP": (InvalidAnswer("?", details={"cause": "BadStatusLine"}), 0),
        }
        for key, (error, attempts) in answers.items():
            with self.subTest(key):
                operation = self.enqueue(key)
                self.look(error)
                self.assertEqual((operation.status, operation.attempts), ("unknown", attempts))
                operation.cancel()
                self.reset_circuit()
