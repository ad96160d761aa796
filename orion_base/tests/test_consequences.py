from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

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
