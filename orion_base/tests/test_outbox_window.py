from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.orion_base.engine import outbox
from odoo.addons.orion_base.lib.errors import HostUnreachable, Rejected, UnknownOutcome

from .common import EngineCase


@tagged("post_install", "-at_install")
class TestOutboxWindow(EngineCase):
    """Requests that may be repeated are marked and settled many at a time."""

    def statuses_while_sending(self, keys, verb):
        """Statuses of all operations, looked at during each call."""
        operations = self.enqueue(*keys, verb=verb)
        seen = []
        send = self.adapter.send

        def watching(name, requests):
            operations.invalidate_recordset()
            seen.append([(o.status, bool(o.sent_at)) for o in operations])
            return send(name, requests)

        with patch.object(self.adapter, "send", watching):
            self.work()
        return operations, seen

    def test_repeatable_ones_are_all_sent_before_any_outcome_is_kept(self):
        operations, seen = self.statuses_while_sending("abc", "test_absolute")
        self.assertEqual(seen, [[("processing", True)] * 3] * 3)
        self.assertEqual(operations.mapped("status"), ["completed"] * 3)
        self.assertEqual([o.response_data["seen"] for o in operations], list("abc"))

    def test_others_are_settled_one_by_one(self):
        _operations, seen = self.statuses_while_sending("ab", "test_single")
        done, sent, claimed = ("completed", True), ("processing", True), ("processing", False)
        self.assertEqual(seen, [[sent, claimed], [done, sent]])

    def test_a_window_is_not_larger_than_it_may_be(self):
        with patch.object(outbox, "WINDOW_REQUESTS", 2):
            _operations, seen = self.statuses_while_sending("abc", "test_absolute")
        self.assertEqual([[sent for _s, sent in now].count(True) for now in seen], [2, 2, 3])

    def test_no_further_call_after_the_window_s_time(self):
        with patch.object(outbox, "WINDOW_SECONDS", 0):
            _operations, seen = self.statuses_while_sending("ab", "test_absolute")
        self.assertEqual(seen[1][0], ("completed", True))

    def test_what_was_not_called_after_trouble_was_not_sent(self):
        operations = self.enqueue(*"abcd", verb="test_absolute")
        self.adapter.script = [{}, HostUnreachable("no route")]
        with patch.object(outbox, "WINDOW_REQUESTS", 3):
            self.work(steps=1)
        self.assertEqual(self.adapter.sent(), ["a", "b"])
        self.assertEqual(
            operations.mapped("status"), ["completed", "pending", "pending", "pending"]
        )
        self.assertEqual([bool(o.sent_at) for o in operations[2:]], [False, False])
        self.assertFalse(any(operations.sudo().mapped("lease_token")))

    def test_rejected_in_the_middle_stops_nothing(self):
        operations = self.enqueue(*"abc", verb="test_absolute")
        self.adapter.script = [{}, {"b": Rejected("no such parcel")}]
        self.work()
        self.assertEqual(operations.mapped("status"), ["completed", "failed", "completed"])
        self.assertEqual(operations[1].error_message, "no such parcel")

    def test_success_in_a_window_counts_before_its_failure(self):
        """Two failures, a success and a failure are not three failures in a row."""
        self.enqueue("first", verb="test_absolute")
        for _time in range(2):
            self.adapter.script = [UnknownOutcome("down")]
            self.work(steps=1)
            self.end_pause()
        circuit = self.env["orion.circuit"].search([("channel_id", "=", self.channel.id)])
        self.assertEqual((circuit.failure_count, circuit.state), (2, "closed"))
        self.enqueue("second", verb="test_absolute")
        self.adapter.script = [{}, UnknownOutcome("down")]
        self.work(steps=1)
        circuit.invalidate_recordset()
        self.assertEqual((circuit.failure_count, circuit.state), (1, "closed"))
