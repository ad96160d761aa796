from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import CodesWholesaleCase


@tagged("post_install", "-at_install")
class TestChannel(CodesWholesaleCase):
    def test_the_connection_is_proved_by_the_account(self):
        (result,) = self.channel.test_connection()
        self.assertTrue(result["success"], result["message"])
        guest = f"{self.sandbox.guest_id}:{self.sandbox.guest_secret}"
        answers = [
            self.env["orion.channel"].test_api_key(
                "codeswholesale", key, api_endpoint=self.sandbox.endpoint
            )
            for key in (guest, f"{self.sandbox.client_id}:wrong", "without-colon")
        ]
        self.assertEqual([each["success"] for each in answers], [False] * 3)
        self.assertEqual(len({each["message"] for each in answers}), 3)
        self.assertIn("colon", answers[2]["message"])

    def test_id_and_secret_may_be_set_apart(self):
        self.channel.clear_credentials()
        self.assertFalse(self.channel.get_status()[0]["is_configured"])
        self.channel.set_credentials(
            values={
                "client_id": self.sandbox.client_id,
                "client_secret": self.sandbox.client_secret,
            }
        )
        (result,) = self.channel.test_connection()
        self.assertTrue(result["success"], result["message"])

    def test_companies_may_buy_by_one_account(self):
        """Nothing is imported twice from a supplier; purchases have references of their own."""
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        second = self.channel.copy({"company_id": elsewhere.id})
        second.set_credentials(api_key=f"{self.sandbox.client_id}:{self.sandbox.client_secret}")
        self.assertTrue(second.get_status()[0]["is_configured"])

    def test_the_catalogue_is_read_every_six_hours(self):
        schedule = self.channel.schedule_ids.filtered(lambda one: one.job_type == "catalog_sync")
        self.assertEqual(schedule.interval_minutes, 360)
        self.assertNotIn("order_import", self.channel.schedule_ids.mapped("job_type"))
        fresh = self.channel.copy()
        self.assertFalse(fresh.auto_sync_enabled)
        fresh.set_credentials(api_key="some:key")
        self.assertTrue(fresh.auto_sync_enabled)
        self.assertIn(fresh, self.channel.search([("auto_sync_enabled", "=", True)]))
        fresh.auto_sync_enabled = False
        self.assertFalse(fresh._order_schedule().enabled)

    def test_nothing_is_archived_because_a_supplier_stops_selling_it(self):
        with self.assertRaises(ValidationError):
            self.channel.publish_missing = "archive"

    def test_the_health_page_says_how_old_the_catalogue_is(self):
        health = self.env["orion.health"]
        schedule = self.channel.schedule_ids.filtered(lambda one: one.job_type == "catalog_sync")
        schedule.write({"enabled": True, "next_run_at": False})
        log = self.env["orion.sync.log"].create(
            {
                "channel_id": self.channel.id,
                "schedule_id": schedule.id,
                "operation_type": "catalog_sync",
                "direction": "inbound",
                "status": "success",
            }
        )
        for hours, is_ok in ((11, True), (13, False)):
            log.completed_at = fields.Datetime.now() - timedelta(hours=hours)
            self.env.flush_all()
            metric = health._metrics(self.company)["catalog_sync_lag_seconds"]
            self.assertEqual((metric["ok"], metric["threshold"]), (is_ok, 12 * 3600))
            self.assertEqual(metric["value"] > metric["threshold"], not is_ok)
        self.assertIn("catalog_sync_lag_seconds", health._metric_texts())
