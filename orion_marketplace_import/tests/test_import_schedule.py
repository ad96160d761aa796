import logging

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .import_common import ImportCase

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
