from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.orion_base.lib.errors import Rejected
from odoo.addons.orion_base.lib.outbox import OperationResult, Repeat, Verb

from .common import VERBS, EngineCase

LEVELS = Verb("test_levels", "orders", Repeat.REPEATABLE, batch_size=50, refreshed=True)


@tagged("post_install", "-at_install")
class TestOutboxTogether(EngineCase):
    """What goes together does not fail together."""

    def setUp(self):
        super().setUp()
        operations = self.env.registry["orion.operation"]
        labels = operations._fields["operation"]._selection
        self.enterContext(patch.dict(VERBS, {LEVELS.name: LEVELS}))
        self.enterContext(patch.dict(labels, {LEVELS.name: LEVELS.name}))

    def refuse(self, *bad, words="one of them is unknown"):
        """Refuse every request that has one of these in it."""
        calls = []

        def send(verb, requests):
            references = [request.reference for request in requests]
            calls.append(references)
            if set(bad) & set(references):
                raise Rejected(words)
            return [OperationResult(reference) for reference in references]

        self.adapter.send = send
        return calls

    def statuses(self, operations):
        return "".join(operation.status[0] for operation in operations)

    def test_one_refused_item_is_found_and_takes_no_other_along(self):
        for bad in "aceg":
            with self.subTest(bad=bad):
                keys = [f"{bad}-{key}" for key in "abcdefg"]
                calls = self.refuse(f"{bad}-{bad}")
                operations = self.enqueue(*keys, verb=LEVELS.name)
                self.work()
                # both ends are known already, the others wait a moment
                self.assertEqual([len(call) for call in calls], [7, 1, 1])
                self.end_pause()
                self.work()
                expected = "".join("f" if key == bad else "c" for key in "abcdefg")
                self.assertEqual(self.statuses(operations), expected)
                self.assertEqual([len(call) for call in calls[3:]], [1] * 5)

    def test_where_all_are_refused_not_each_is_tried(self):
        calls = self.refuse(*"abcdefg")
        operations = self.enqueue(*"abcdefg", verb=LEVELS.name)
        self.work()
        self.assertEqual(self.statuses(operations), "f" * 7)
        self.assertEqual([len(call) for call in calls], [7, 1, 1])

    def test_other_kinds_of_operation_are_not_repeated_after_a_refusal(self):
        calls = self.refuse("b")
        operations = self.enqueue(*"abc", verb="test_batch")
        self.work()
        self.assertEqual(self.statuses(operations), "fff")
        self.assertEqual(len(calls), 1)

    def refresh(self, rule):
        self.patch(self.env.registry["orion.operation"], "_refresh_payloads", rule)

    def test_records_that_cannot_be_read_hold_up_no_other_operation(self):
        def broken(operations):
            if any(operation.idempotency_key == "c" for operation in operations):
                raise KeyError("gone")
            return {}

        self.refresh(broken)
        operations = self.enqueue(*"abcdefg", verb=LEVELS.name)
        with mute_logger("odoo.addons.orion_base.engine.outbox"):
            self.work()
            self.assertEqual(self.statuses(operations), "ccpcccc")
            self.assertEqual(operations[2].attempts, 1)
            for _time in range(3):
                self.end_pause()
                self.work()
        self.assertEqual(self.statuses(operations), "ccfcccc")

    def test_what_is_cancelled_at_the_last_moment_is_not_sent(self):
        def pointless(operations):
            operations.filtered(lambda one: one.idempotency_key == "b").write(
                {"status": "cancelled", "lease_token": False, "lease_until": False}
            )
            return {}

        self.refresh(pointless)
        calls = self.refuse()
        operations = self.enqueue(*"abc", verb=LEVELS.name)
        self.work()
        self.assertEqual(self.statuses(operations[0] + operations[2]), "cc")
        self.assertEqual(operations[1].status, "cancelled")
        self.assertEqual(calls, [["a", "c"]])
