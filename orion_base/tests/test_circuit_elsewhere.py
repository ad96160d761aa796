from unittest.mock import patch

from odoo.addons.orion_base.engine.due import CALLS, Kinds, planned
from odoo.addons.orion_base.lib.errors import HostUnreachable, Unauthorised
from odoo.addons.orion_base.lib.job import JobStep

from .common import EngineCase


class TestElsewhere(EngineCase):
    """What does not go to the channel's own host is not held up by its circuit."""

    def setUp(self):
        super().setUp()
        self.is_elsewhere = False
        channels = self.env.registry["orion.channel"]
        patcher = patch.object(
            channels, "_calls_elsewhere", lambda channel, role: self.is_elsewhere
        )
        patcher.start()
        self.addCleanup(patcher.stop)

    def enqueue_elsewhere(self, *keys, **values):
        self.is_elsewhere = True
        operations = self.enqueue(*keys, verb="test_absolute", **values)
        self.is_elsewhere = False
        return operations

    def circuit(self):
        return self.env["orion.circuit"].search([("channel_id", "=", self.channel.id)])

    def pause(self):
        """A refused key, with one operation that waits for another one."""
        waiting = self.enqueue("waits")
        self.adapter.script = [Unauthorised("refused")]
        self.work()
        self.assertEqual((self.circuit().state, waiting.status), ("open", "pending"))
        return waiting

    def test_it_goes_on_while_the_channel_is_paused_and_resumes_nothing(self):
        waiting = self.pause()
        sent = self.enqueue_elsewhere("file")
        self.work()
        self.assertEqual((sent.status, waiting.status), ("completed", "pending"))
        self.assertEqual(self.adapter.sent(), ["waits", "file"])
        self.assertEqual(self.circuit().state, "open")

    def test_its_success_is_no_probe(self):
        waiting = self.pause()
        sent = self.enqueue_elsewhere("file", priority=10)
        self.adapter.script = [{}, Unauthorised("still refused")]
        self.end_pause()
        self.work()
        self.assertEqual((sent.status, waiting.status), ("completed", "pending"))
        self.assertEqual(self.adapter.sent(), ["waits", "file", "waits"])
        self.assertEqual(self.circuit().state, "open")

    def test_its_trouble_pauses_nothing_else(self):
        away = self.enqueue_elsewhere("file")
        for _attempt in range(4):
            self.adapter.script = [HostUnreachable("away")]
            self.end_pause()
            self.work()
        self.assertEqual((away.status, self.circuit().failure_count), ("pending", 0))
        good = self.enqueue("order")
        self.work()
        self.assertEqual(good.status, "completed")

    def test_operations_of_both_hosts_never_share_a_request(self):
        self.is_elsewhere = True
        self.enqueue("e1", "e2", verb="test_batch")
        self.is_elsewhere = False
        self.enqueue("h1", "h2", verb="test_batch")
        self.work()
        self.assertEqual(
            sorted(references for _method, _verb, references in self.adapter.calls),
            [["e1", "e2"], ["h1", "h2"]],
        )

    def test_internal_jobs_run_while_the_channel_is_paused(self):
        ran = []

        def job(channel, state, parameters):
            ran.append(channel)
            yield JobStep(processed=1)

        channels = self.env.registry["orion.channel"]
        schedule = self.channel._job_schedule("order_import")
        self.pause()
        schedule.write({"enabled": True, "next_run_at": "2026-01-01 00:00:00"})
        with patch.object(channels, "_job_order_import", job, create=True):
            self.work()
            self.assertEqual(ran, [])
            with patch.object(channels, "_job_direction", lambda channel, kind: "internal"):
                self.work()
        self.assertEqual(ran, [self.channel])
        self.assertEqual(self.circuit().state, "open")

    def test_nobody_waits_for_the_probe_with_it(self):
        self.pause()
        self.enqueue_elsewhere("file")
        self.env.flush_all()
        due = planned(self.env.cr, Kinds.of(self.env))
        self.assertEqual(due[self.channel.id, CALLS], 0)
