import base64
import tracemalloc
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.orion_base.lib.errors import HostUnreachable, InvalidAnswer

from ..models import orion_import_job_file, orion_import_job_run
from .import_common import HEADER, ImportCase, feed, row


@tagged("post_install", "-at_install")
class TestRunning(ImportCase):
    def steps(self, job):
        return self.channel.sudo()._job_feed_import({}, {"job_id": job.id})

    def test_resumes_behind_the_last_batch(self):
        job = self.start(feed(*map(row, range(250))), batch_size=100)
        steps = self.steps(job)
        while job.total_processed < 100:
            next(steps)
        steps.close()
        self.assertEqual((job.status, job.total_processed), ("processing", 100))
        orion_import_job_run._parked.clear()  # as in another process
        self.run_job(job)
        self.assertEqual((job.status, job.imported_count), ("completed", 250))
        self.assertEqual(job.unchanged_count, 0)

    def test_the_next_slice_goes_on_with_the_open_file(self):
        job = self.start(feed(*map(row, range(250))), batch_size=100)
        steps = self.steps(job)
        while job.total_processed < 100:
            next(steps)
        steps.close()
        with patch.object(orion_import_job_run, "iter_batches") as again:
            self.run_job(job)
        again.assert_not_called()
        self.assertEqual((job.status, job.imported_count), ("completed", 250))

    def test_memory_does_not_grow_with_the_rows(self):
        def peak(first, rows):
            job = self.start(feed(*map(row, range(first, first + rows))), batch_size=100)
            self.env.flush_all()
            self.env.invalidate_all()
            tracemalloc.start()
            try:
                self.run_job(job)
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

        peak(0, 200)
        few, many = peak(1000, 300), peak(10_000, 3000)
        self.assertLess(many - few, 500_000, "the ids take 27 bytes each")

    def test_cancelled_between_two_batches(self):
        job = self.start(feed(*map(row, range(250))), batch_size=100)
        steps = self.steps(job)
        while job.total_processed < 100:
            next(steps)
        job.action_cancel()
        self.assertFalse([step for step in steps if step.processed])
        self.assertEqual((job.status, job.imported_count), ("cancelled", 100))
        with self.assertRaisesRegex(UserError, "over already"):
            job.action_cancel()

    def test_a_file_that_is_no_feed(self):
        job = self.run_job(self.start(base64.b64encode(b"%PDF-1.7 hello").decode()))
        self.assertEqual(job.status, "failed")
        self.assertIn("PDF", job.error_message)

    def test_fetched_from_its_address(self):
        def answer(_url, target, **_options):
            target.write((HEADER + row(1)).encode())

        with patch.object(orion_import_job_file, "fetch_url", side_effect=answer) as fetch:
            job = self.run_job(self.start(source_url="https://shop.example/feed.csv?key=s3cret"))
        self.assertEqual(job.status, "completed")
        self.assertEqual(job.source_name, "https://shop.example/feed.csv")
        self.assertEqual(fetch.call_args.args, ("https://shop.example/feed.csv?key=s3cret",))
        self.assertFalse(fetch.call_args.kwargs["allow_private"])

    def test_address_that_does_not_answer(self):
        with patch.object(orion_import_job_file, "fetch_url", side_effect=HostUnreachable("Gone.")):
            job = self.run_job(self.start(source_url="https://shop.example/feed.csv"))
        self.assertEqual((job.status, job.error_message), ("failed", "Gone."))

    def test_a_feed_that_is_too_large(self):
        too_large = InvalidAnswer("Too large.", details={"cause": "too large"})
        with patch.object(orion_import_job_file, "fetch_url", side_effect=too_large):
            job = self.run_job(self.start(source_url="https://shop.example/feed.csv"))
        self.assertEqual(job.status, "failed")
        self.assertIn("larger than 1024 MB", job.error_message)

    def test_private_addresses_are_not_fetched(self):
        job = self.run_job(self.start(source_url="http://127.0.0.1:9/feed.csv"))
        self.assertEqual(job.status, "failed")
        self.assertIn("private network", job.error_message)

    def test_a_run_that_the_engine_gave_up(self):
        job = self.start(feed(row(1)))
        job.sudo().log_id.write(
            {"status": "failed", "error_details": [{"message": "Something broke."}]}
        )
        self.assertEqual((job.status, job.error_message), ("failed", "Something broke."))

    def test_waiting_too_long_says_why(self):
        first, second = self.start(feed(row(1))), self.start(feed(row(1)))
        self.assertFalse(first.waiting_reason)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE orion_import_job SET create_date = %s",
            [fields.Datetime.now() - timedelta(minutes=5)],
        )
        self.env.invalidate_all()
        self.assertIn("One import of this channel", second.waiting_reason)
        self.assertTrue(first.waiting_reason)


@tagged("post_install", "-at_install")
class TestThroughTheEngine(ImportCase):
    def test_a_worker_imports(self):
        job = self.start(
            feed(*map(row, range(250)), row(1), row(999, price="free")), batch_size=100
        )
        self.work()
        self.assertEqual(job.status, "completed_with_errors")
        self.assertEqual((job.imported_count, job.error_count), (250, 2))
        self.assertEqual(self.staged.search_count([("channel_id", "=", self.channel.id)]), 250)
        log = job.log_id
        self.assertEqual(
            (log.status, log.records_processed, log.records_failed), ("partial", 252, 2)
        )

    def test_a_worker_says_what_is_wrong(self):
        job = self.start(base64.b64encode(b"<!DOCTYPE html><html></html>").decode())
        self.work()
        self.assertEqual(job.status, "failed")
        self.assertEqual(job.log_id.status, "failed")
        self.assertEqual(job.log_id.error_details[0]["message"], job.error_message)
