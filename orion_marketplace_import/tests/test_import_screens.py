from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .import_common import ImportCase, encoded, feed, row


@tagged("post_install", "-at_install")
class TestProgressAndMessages(ImportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.merchant = cls.env.ref("base.user_admin")
        cls.merchant.notification_type = "inbox"

    def run_for(self, content, **values):
        """An import that the merchant has started."""
        job = self.start(content)
        job.write({"user_id": self.merchant.id, **values})
        return self.run_job(job)

    def messages(self, job):
        return self.env["mail.message"].search(
            [("model", "=", "orion.import.job"), ("res_id", "=", job.id)]
        )

    def test_pace_and_time_left(self):
        job = self.start(feed(row(1)))
        job.write(
            {
                "status": "processing",
                "started_at": fields.Datetime.now() - timedelta(seconds=100),
                "total_processed": 5000,
                "progress": 25.0,
            }
        )
        self.assertAlmostEqual(job.rows_per_second, 50, delta=2)
        self.assertRegex(job.remaining, r"about 00:0[45]")
        job.progress = 90
        self.assertEqual(job.remaining, "less than a minute")
        job.status = "completed"
        self.assertFalse(job.remaining)

    def test_who_started_it_finds_it_in_the_inbox(self):
        job = self.run_for(feed(row(1), row(2, price="free")))
        message = self.messages(job)
        self.assertEqual(message.notified_partner_ids, self.merchant.partner_id)
        self.assertEqual(message.notification_ids.notification_type, "inbox")
        self.assertIn("1 new", message.body)
        self.assertIn("1 rows with errors", message.body)
        self.assertIn(f"/odoo/marketplace-imports/{job.id}", message.body)

    def test_failures_are_told_too(self):
        self.assertIn("PDF", self.messages(self.run_for(encoded(b"%PDF-1.7 hello"))).body)

    def test_schedules_tell_only_bad_news_to_the_responsible(self):
        self.merchant.company_ids += self.company
        self.channel.responsible_id = self.merchant
        root = {"user_id": self.env.ref("base.user_root").id, "is_scheduled": True}
        self.assertFalse(self.messages(self.run_for(feed(row(1)), **root)))
        self.assertTrue(self.messages(self.run_for(feed(row(2, price="free")), **root)))

    def test_a_language_that_becomes_active_finds_its_texts(self):
        german = self.env["res.lang"].search([("code", "=", "de_DE")])
        self.env["res.partner"].with_context(active_test=False).search(
            [("lang", "=", "de_DE")]
        ).lang = "en_US"
        german.active = False
        self.imported(row(1, "Stylo"))
        self.imported(row(1, "Stift"), language="de", is_full=False)
        product = self.product(1)
        changed = product.changed_at
        self.assertEqual(product.title, "Stylo 1")
        self.env.cr.execute("UPDATE orion_marketplace_product SET changed_at = '2020-01-01'")
        german.active = True
        self.assertEqual(product.with_context(lang="de_DE").title, "Stift 1")
        self.assertEqual(product.with_context(lang="fr_FR").title, "Stylo 1")
        self.assertGreaterEqual(product.changed_at, changed, "so that it is published")
