import logging
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.orion_base.lib.errors import HostUnreachable, Rejected

from ..models import orion_import_job_file
from .import_common import HEADER, ImportCase, feed, row

SECRET = "https://a.example/fr.csv?key=s3cret"


@tagged("post_install", "-at_install")
class TestScheduledImports(ImportCase):
    def run_schedule(self):
        self.assertFalse(list(self.channel.sudo()._job_feed_import({}, {})))
        return self.jobs.search([("channel_id", "=", self.channel.id)])

    def test_schedule_imports_the_channels_feeds(self):
        self.channel.write({"feed_url_fr": SECRET, "feed_url_de": "https://a.example/de"})
        jobs = self.run_schedule()
        self.assertEqual(set(jobs.mapped("language")), {"fr", "de"})
        self.assertEqual(set(jobs.mapped("status")), {"pending"})
        self.assertEqual(set(jobs.mapped("is_scheduled")), {True})
        self.assertEqual(len(self.run_schedule()), 2, "what waits already is not asked for again")

    def test_switched_on_in_the_channel(self):
        self.assertFalse(self.channel.feed_sync_enabled)
        with self.assertRaisesRegex(ValidationError, "address of a feed"):
            self.channel.feed_sync_enabled = True
        self.channel.feed_url_fr = SECRET
        self.channel.write({"feed_sync_enabled": True, "feed_sync_minutes": 60})
        schedule = self.channel.schedule_ids.filtered(lambda one: one.job_type == "feed_import")
        self.assertEqual((schedule.enabled, schedule.interval_minutes), (True, 60))
        self.assertTrue(schedule.next_run_at)
        with self.assertRaisesRegex(ValidationError, "15 minutes"):
            self.channel.feed_sync_minutes = 5

    def test_importing_by_hand_makes_no_schedule_that_runs(self):
        self.channel.feed_url_fr = SECRET
        self.channel.action_import_feeds()
        schedule = self.channel.schedule_ids.filtered(lambda one: one.job_type == "feed_import")
        self.assertEqual((schedule.enabled, schedule.interval_minutes), (False, 1440))

    def test_addresses_are_checked(self):
        for wrong in ("ftp://a.example/fr", "https://me:secret@a.example/fr", "feed.csv"):
            with self.subTest(wrong=wrong), self.assertRaises(ValidationError):
                self.channel.feed_url_fr = wrong

    def test_keys_in_addresses_are_for_managers(self):
        self.channel.feed_url_fr = SECRET
        user = new_test_user(
            self.env,
            "feed_reader",
            "base.group_user,orion_base.group_orion_user",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        channel = self.channel.with_user(user)
        for name in ("feed_url_fr", "feed_url_de", "feed_url_en"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                channel.read([name])
        self.assertTrue(channel.has_feed_url)
        wizard = self.env["orion.import.wizard"].with_user(user)
        wizard = wizard.create({"channel_id": channel.id, "language": "fr"})
        self.assertEqual((wizard.source, wizard.saved_name), ("saved", "https://a.example/fr.csv"))
        self.assertNotIn("s3cret", str(wizard.read()))
        job = self.jobs.browse(wizard.action_start()["res_id"])
        self.assertEqual(job.sudo().source_url, SECRET)
        self.assertNotIn("s3cret", str(job.with_user(user).read()))
        self.assertNotIn("s3cret", str(job.log_id.sudo().read()))
        with self.assertLogs("odoo.addons", "DEBUG") as logs:
            self.run_job(job)
            logging.getLogger("odoo.addons").debug("so that there is a line")
        self.assertNotIn("s3cret", "\n".join(logs.output))
        self.assertEqual(job.status, "failed")


@tagged("post_install", "-at_install")
class TestRoundsThroughTheEngine(ImportCase):
    """Whole rounds of a schedule, with workers; the English feed is in trouble."""

    def setUp(self):
        super().setUp()
        self.channel.write({"feed_url_fr": "https://a.example/fr", "feed_url_en": SECRET})
        self.channel.write({"feed_sync_enabled": True, "publish_rule": "all"})
        self.schedule = self.channel._feed_schedule()
        self.trouble = None
        patcher = patch.object(orion_import_job_file, "fetch_url", side_effect=self.fetch)
        self.fetched = patcher.start()
        self.addCleanup(patcher.stop)

    def fetch(self, url, target, **_options):
        if url == SECRET and self.trouble:
            raise self.trouble
        target.write((HEADER + row(1)).encode())

    def statuses(self):
        jobs = self.jobs.search([("channel_id", "=", self.channel.id)])
        return {job.language: job.status for job in jobs}

    def test_a_feed_that_fails_starts_no_other_round(self):
        self.trouble = Rejected("Not found.")
        self.work()
        self.assertEqual(self.statuses(), {"fr": "completed", "en": "failed"})
        wait = self.schedule.next_run_at - fields.Datetime.now()
        self.assertGreater(wait, timedelta(hours=23), "the next round comes at its time")
        self.assertEqual(self.fetched.call_count, 2)

    def test_what_the_others_brought_is_published_all_the_same(self):
        self.trouble = Rejected("Not found.")
        self.work()
        self.assertEqual(self.product(1).publish_status, "published")

    def test_an_import_by_hand_leaves_the_schedule_alone(self):
        self.work()
        soon = fields.Datetime.now() + timedelta(hours=1)
        self.schedule.next_run_at = soon
        self.start(feed(row(2)))
        self.start("bm8gZmVlZA==")
        self.work()
        self.assertEqual(self.schedule.next_run_at, soon)

    def test_trouble_that_passes_is_waited_for(self):
        self.trouble = HostUnreachable("Gone.")
        self.work()
        self.assertEqual(self.statuses(), {"fr": "completed", "en": "pending"})
        job = self.jobs.search([("language", "=", "en")])
        self.assertEqual(job.waiting_reason, "Gone. The feed is fetched again soon.")
        self.assertGreater(job.log_id.resume_at, fields.Datetime.now())
        self.start(feed(row(2)))
        self.work()
        self.assertTrue(self.product(2), "others do not wait")
        self.assertEqual(self.fetched.call_count, 2)
        self.trouble = None
        job.log_id.sudo().resume_at = fields.Datetime.now()
        self.work()
        self.assertEqual((job.status, job.error_message), ("completed", False))

    def test_trouble_that_stays_is_told_once(self):
        self.trouble = HostUnreachable("Gone.")
        self.schedule.max_retries = 2
        job = self.jobs
        for _time in range(3):
            self.assertNotEqual(job.status, "failed")
            self.work()
            job = self.jobs.search([("language", "=", "en")])
            job.log_id.sudo().resume_at = fields.Datetime.now()
        self.assertEqual((job.status, job.error_message), ("failed", "Gone."))
        self.assertEqual(self.fetched.call_count, 4)
