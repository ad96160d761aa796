from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.orion_base.engine import jobs, run_job, worker
from odoo.addons.orion_base.engine.cursors import CALLS_LOCK, OUTCOMES_LOCK
from odoo.addons.orion_base.engine.due import CALLS, Kinds, planned
from odoo.addons.orion_base.lib.errors import HostUnreachable, Rejected
from odoo.addons.orion_base.lib.job import JobStep

from .common import EngineCase


@tagged("post_install", "-at_install")
class TestJobs(EngineCase):
    def setUp(self):
        super().setUp()
        self.pages = 3
        self.error = None
        self.trouble_at = {}
        self.started_with = []
        case = self

        def job(channel, state, parameters):
            case.started_with.append((dict(state), dict(parameters)))
            for page in range(state.get("page", 0), case.pages):
                if case.error or page in case.trouble_at:
                    raise case.error or case.trouble_at[page]
                channel.env["res.partner"].create({"name": f"page {page}", "ref": "job-page"})
                yield JobStep(
                    processed=10,
                    succeeded=9,
                    failed=1,
                    counts={"orders_imported": 9},
                    errors=({"message": f"bad row on page {page}"},),
                    state={"page": page + 1},
                    total=30,
                )

        patcher = patch.object(
            self.env.registry["orion.channel"], "_job_order_import", job, create=True
        )
        patcher.start()
        self.addCleanup(patcher.stop)
        self.schedule = self.channel._job_schedule("order_import")

    def run_now(self, **kwargs):
        with self.enter_registry_test_mode():
            return run_job(self.channel, "order_import", **kwargs)

    def pages_done(self):
        return self.env["res.partner"].search([("ref", "=", "job-page")]).mapped("name")

    def test_report_and_log_of_a_run(self):
        report = self.run_now(parameters={"depth": 1}, triggered_by="user:7")
        self.assertTrue(report.finished)
        self.assertEqual((report.processed, report.succeeded, report.failed), (30, 27, 3))
        self.assertEqual(report.counts, {"orders_imported": 27})
        log = self.env["orion.sync.log"].browse(report.log_id)
        self.assertEqual((log.status, log.triggered_by, log.progress), ("partial", "user:7", 100.0))
        self.assertEqual(len(log.error_details), 3)
        self.assertEqual(self.started_with, [({}, {"depth": 1})])
        self.assertEqual(self.schedule.last_run_status, "partial")

    def test_time_is_up_and_a_worker_goes_on_behind_the_last_step(self):
        report = self.run_now(budget=0.0)
        self.assertFalse(report.finished)
        self.assertEqual(self.pages_done(), ["page 0"])
        self.work()
        self.assertEqual(sorted(self.pages_done()), ["page 0", "page 1", "page 2"])
        log = self.env["orion.sync.log"].browse(report.log_id)
        self.assertEqual((log.status, log.records_processed), ("partial", 30))
        self.assertEqual(self.started_with[1], ({"page": 1}, {}))

    def test_no_run_while_a_worker_calls_or_takes_outcomes_over(self):
        self.schedule.write({"enabled": True})
        self.env.flush_all()
        for lock in (CALLS_LOCK, OUTCOMES_LOCK):
            with (
                self.elsewhere(lock),
                patch.object(jobs, "BUSY_SECONDS", 0.2),
                patch.object(worker, "OUTCOMES_SECONDS", 0.2),
            ):
                self.assertIsNone(self.run_now())
                self.work()
                self.assertEqual(self.pages_done(), [])
        self.work()
        self.assertEqual(sorted(self.pages_done()), ["page 0", "page 1", "page 2"])

    def test_typed_error_fails_the_run_and_retries_soon_then_regularly(self):
        self.schedule.write({"enabled": True, "interval_minutes": 60, "max_retries": 1})
        self.error = HostUnreachable("no route", details={"message": "raw words", "status": 0})
        report = self.run_now()
        self.assertEqual((report.status, report.error.code), ("failed", "host_unreachable"))
        self.assertEqual(self.channel.last_sync_error, "no route")
        wait = self.schedule.next_run_at - fields.Datetime.now()
        self.assertTrue(timedelta(seconds=50) < wait <= timedelta(seconds=60), wait)
        self.run_now()
        wait = self.schedule.next_run_at - fields.Datetime.now()
        self.assertGreater(wait, timedelta(minutes=58))

    def test_trouble_on_the_way_is_waited_for_and_the_run_goes_on_from_there(self):
        self.schedule.write({"max_retries": 2, "retry_delay_seconds": 90})
        self.trouble_at = {1: HostUnreachable("no route")}
        report = self.run_now()
        log = self.env["orion.sync.log"].browse(report.log_id)
        self.assertEqual((report.finished, report.error.code), (False, "host_unreachable"))
        self.assertEqual((log.status, self.pages_done()), ("running", ["page 0"]))
        self.end_pause()
        self.work()  # its time has not come
        self.assertEqual(self.pages_done(), ["page 0"])
        wait = (log.resume_at - fields.Datetime.now()).total_seconds()
        self.assertTrue(80 < wait <= 90, wait)
        self.assertAlmostEqual(self.seconds_planned(), wait, delta=5)
        self.trouble_at = {}
        log.sudo().resume_at = fields.Datetime.now()
        self.work()
        self.assertEqual(sorted(self.pages_done()), ["page 0", "page 1", "page 2"])
        self.assertEqual((log.status, log.resume_count, log.resume_at), ("partial", 0, False))
        self.assertEqual(log.error_details[1]["message"], "no route")
        self.assertEqual(len(self.schedule.log_ids), 1)

    def test_the_run_of_a_schedule_waits_as_well(self):
        """Its time has come and stays so until the run has ended; trouble is waited for still."""
        self.schedule.write({"enabled": True, "interval_minutes": 60, "retry_delay_seconds": 90})
        self.trouble_at = {1: HostUnreachable("no route")}
        self.work()
        self.end_pause()
        self.work()
        self.assertEqual(len(self.started_with), 1)
        log = self.schedule.log_ids
        self.assertEqual((log.status, log.resume_count), ("running", 1))
        self.assertEqual(self.schedule.next_run_at, log.resume_at)
        self.trouble_at = {}
        log.sudo().resume_at = self.schedule.next_run_at = fields.Datetime.now()
        self.work()
        self.assertEqual((log.status, self.schedule.log_ids), ("partial", log))
        self.assertEqual(sorted(self.pages_done()), ["page 0", "page 1", "page 2"])

    def test_what_comes_after_a_run_is_done_although_somebody_writes_the_same_rows(self):
        collisions = [SerializationFailure(), SerializationFailure()]

        def after(channel, log):
            if collisions:
                raise collisions.pop()
            channel.env["res.partner"].create({"name": log.status, "ref": "job-page"})

        self.pages = 0
        with patch.object(self.env.registry["orion.channel"], "_after_job", after):
            self.run_now()
        self.assertEqual(self.pages_done(), ["success"])

    def test_a_run_for_some_records_that_waits_is_no_run_of_the_schedule(self):
        self.trouble_at = {1: HostUnreachable("no route")}
        self.run_now(parameters={"external_ids": ["x"]})
        waiting = self.schedule.log_ids
        self.trouble_at = {}
        self.end_pause()
        self.schedule.enabled = True
        self.work()
        self.assertEqual(waiting.status, "running")
        self.assertEqual((self.schedule.log_ids - waiting).status, "partial")

    def test_trouble_that_stays_ends_the_run_as_failed(self):
        self.schedule.write({"enabled": True, "max_retries": 2, "interval_minutes": 60})
        self.trouble_at = {1: HostUnreachable("no route")}
        self.run_now()
        log = self.schedule.log_ids
        for _time in range(2):
            self.assertEqual(log.status, "running")
            log.sudo().resume_at = fields.Datetime.now()
            self.end_pause()
            self.work()
        self.assertEqual((log.status, log.records_succeeded), ("failed", 9))
        # the regular way begins: soon, and then at its regular time
        self.assertEqual((self.schedule.last_run_status, self.schedule.retry_count), ("failed", 1))

    def test_what_a_retry_cannot_mend_ends_the_run_at_once(self):
        self.trouble_at = {1: Rejected("no such page")}
        report = self.run_now()
        self.assertEqual((report.finished, report.status), (True, "failed"))

    def seconds_planned(self):
        self.env.flush_all()
        return planned(self.env.cr, Kinds.of(self.env))[self.channel.id, CALLS]

    @mute_logger("odoo.addons.orion_base.engine.jobs")
    def test_fault_of_the_code_fails_the_run_and_never_the_worker(self):
        self.error = ZeroDivisionError("secret detail")
        self.schedule.enabled = True
        self.work()
        log = self.schedule.log_ids
        self.assertEqual(log.status, "failed")
        self.assertIn("ZeroDivisionError", log.error_details[0]["message"])
        self.assertNotIn("secret detail", str(log.error_details))

    def test_due_schedule_runs_once_and_plans_the_next(self):
        self.schedule.write({"enabled": True, "interval_minutes": 15})
        self.work()
        self.assertEqual(len(self.schedule.log_ids), 1)
        self.assertEqual(self.schedule.log_ids.triggered_by, "scheduler")
        wait = self.schedule.next_run_at - fields.Datetime.now()
        self.assertTrue(timedelta(minutes=14) < wait <= timedelta(minutes=15), wait)
        self.work()
        self.assertEqual(len(self.schedule.log_ids), 1)

    def test_paused_schedule_runs_only_when_asked(self):
        self.work()
        self.assertFalse(self.schedule.log_ids)
        self.schedule.action_run_now()
        self.assertTrue(self.schedule.running)
        self.work()
        self.assertEqual(self.schedule.log_ids.status, "partial")
        self.assertFalse(self.schedule.running)

    def test_run_killed_between_steps_is_taken_up(self):
        log = self.channel._request_job("order_import")
        log.sudo().write({"status": "running", "state_data": {"page": 2}})
        self.work()
        self.assertEqual(self.pages_done(), ["page 2"])
        self.assertEqual(log.status, "partial")

    def test_bad_cron_expression_is_refused(self):
        with self.assertRaises(ValidationError):
            self.schedule.cron_expression = "every day"
        self.schedule.cron_expression = "0 5 * * *"
        self.assertEqual(self.schedule._next_time().hour, 5)
