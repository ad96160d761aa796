import itertools
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.orion_base.engine import JobReport, jobs, run_job, wake
from odoo.addons.orion_base.engine.outbox_store import OutboxStore
from odoo.addons.orion_base.engine.worker import Worker

from .common import EngineCase


@tagged("post_install", "-at_install")
class TestWake(EngineCase):
    def triggers(self):
        slots = self.env["orion.engine"]._worker_slots()
        return self.env["ir.cron.trigger"].search_count([("cron_id", "in", slots.ids)])

    def run_slot(self):
        """What the scheduled action does."""
        progress = patch.object(
            self.env.registry["ir.cron"], "_commit_progress", lambda cron, done=0: 10.0
        )
        with self.enter_registry_test_mode(), progress:
            self.env["orion.engine"]._run_worker()

    def test_slots_wake_when_work_is_committed(self):
        self.assertEqual(len(self.env["orion.engine"]._worker_slots()), 4)
        before = self.triggers()
        self.enqueue("a")
        self.enqueue("b")
        self.assertEqual(self.triggers(), before)
        self.env.cr.precommit.run()
        self.assertEqual(self.triggers(), before + 4)

    def test_a_second_wake_up_within_the_second_is_left_out(self):
        wake._remember(self.env.cr.dbname)
        before = self.triggers()
        self.enqueue("a")
        self.env.cr.precommit.run()
        self.assertEqual(self.triggers(), before)

    def test_work_cut_short_by_the_time_goes_on_at_once(self):
        for done, expected in ((1, 1), (0, 0)):
            ticks = itertools.count()
            worker = Worker(self.env.registry, clock=lambda ticks=ticks: float(next(ticks)))
            worker.sleep = lambda seconds: None
            before = self.triggers()
            with (
                patch(
                    "odoo.addons.orion_base.models.orion_engine.Worker",
                    lambda registry, worker=worker: worker,
                ),
                patch.object(worker, "step", lambda done=done: done),
                patch.object(worker, "seconds_to_next", lambda: None),
            ):
                self.run_slot()
            self.assertEqual(self.triggers(), before + expected)

    def test_workers_wake_when_a_person_leaves_the_channel(self):
        report = JobReport(log_id=0, status="success")
        before = self.triggers()
        with (
            self.enter_registry_test_mode(),
            patch.object(jobs.JobRunner, "run", lambda runner, budget: report),
            patch.object(wake, "THROTTLE_SECONDS", 0.0),
        ):
            run_job(self.channel, "order_import")
        self.assertEqual(self.triggers(), before + 4)

    def test_run_that_finds_the_channel_taken_is_left_to_the_workers(self):
        before = self.triggers()
        with (
            self.enter_registry_test_mode(),
            patch.object(jobs, "lock_channel", lambda cr, lock, channel_id, seconds: False),
        ):
            self.assertIsNone(run_job(self.channel, "order_import"))
        self.assertEqual(self.triggers(), before + 4)
        self.assertEqual(self.channel.log_ids.status, "pending")

    @mute_logger("odoo.addons.orion_base.engine.worker")
    def test_a_fault_in_one_channel_stops_no_other(self):
        bad, good = self.enqueue("bad"), self.enqueue("good", channel=self.channel_2)
        recover = OutboxStore.recover

        def fail_first(store):
            if store.channel_id == self.channel.id:
                raise ZeroDivisionError
            recover(store)

        with patch.object(OutboxStore, "recover", fail_first):
            self.run_slot()
        self.assertEqual((bad.status, good.status), ("pending", "completed"))
