import hashlib

from odoo.tests import HttpCase, TransactionCase, tagged

from .watch_common import WatchMixin


@tagged("post_install", "-at_install")
class TestHealthMetrics(WatchMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_watch()
        cls.channel = cls._channel()
        cls.health = cls.env["orion.health"]

    def metric(self, name):
        return self.health._metrics(self.company)[name]

    def assertHealthy(self, name, value=None):
        metric = self.metric(name)
        self.assertTrue(metric["ok"], metric)
        if value is not None:
            self.assertEqual(metric["value"], value)

    def assertCrossed(self, name):
        metric = self.metric(name)
        self.assertFalse(metric["ok"], metric)
        self.assertEqual(self.health._report(self.company)["status"], "unhealthy")

    def test_no_data_is_healthy(self):
        report = self.health._report(self.env["res.company"].create({"name": "Empty"}))
        self.assertEqual(report["status"], "healthy")
        self.assertEqual(report["channels"], {})
        self.assertTrue(all(metric["ok"] for metric in report["metrics"].values()))

    def test_queue_depth(self):
        self._operations(self.channel, 50)
        self._operations(self.channel, 25, status="processing")
        self._operations(self.channel, 25, status="unknown")
        self._operations(self.channel, 5, status="completed")
        self._operations(self.channel, 5, status="failed")
        self.assertHealthy("fulfillment_sync_queue_depth", 100)
        self._operations(self.channel, 1)
        self.assertCrossed("fulfillment_sync_queue_depth")

    def test_stock_pushes_are_no_fulfilment(self):
        self._operations(self.channel, 150, operation="test_stock")
        self.assertHealthy("fulfillment_sync_queue_depth", 0)

    def test_error_rate(self):
        self._log(self.channel, count=19)
        self._log(self.channel, "failed", count=1)
        self.assertHealthy("sync_error_rate", 0.05)
        self._log(self.channel, "failed", count=1)
        self.assertCrossed("sync_error_rate")

    def test_error_rate_needs_events_of_one_day(self):
        self._log(self.channel, "failed", count=19)
        self._log(self.channel, "failed", count=20, age_minutes=25 * 60)
        self._log(self.channel, "running", count=5)
        self.assertHealthy("sync_error_rate", False)
        self._log(self.channel, "failed")
        self.assertCrossed("sync_error_rate")

    def test_import_lag_default_threshold(self):
        self._schedule(self.channel, interval_minutes=5, last_run_status="failed")
        self._log(self.channel, age_minutes=14)
        self.assertHealthy("order_import_lag_seconds")
        self.assertEqual(self.metric("order_import_lag_seconds")["threshold"], 900)
        self.env["orion.sync.log"].search([("channel_id", "=", self.channel.id)]).unlink()
        self._log(self.channel, age_minutes=16)
        self.assertCrossed("order_import_lag_seconds")

    def test_import_lag_threshold_follows_interval(self):
        schedule = self._schedule(self.channel, interval_minutes=60, last_run_status="failed")
        self._log(self.channel, "partial", age_minutes=110)
        self._log(self.channel, "failed", age_minutes=1)
        self.assertHealthy("order_import_lag_seconds")
        self.assertEqual(self.metric("order_import_lag_seconds")["threshold"], 7200)
        schedule.write({"interval_minutes": 30})
        self.assertCrossed("order_import_lag_seconds")

    def test_import_lag_of_cron_expression(self):
        self._schedule(self.channel, cron_expression="0 5 * * *", last_run_status="failed")
        self._log(self.channel, age_minutes=40 * 60)
        self.assertHealthy("order_import_lag_seconds")
        self.assertEqual(self.metric("order_import_lag_seconds")["threshold"], 2 * 24 * 3600)

    def test_channels_without_schedule_do_not_count(self):
        schedule = self._schedule(self.channel, enabled=False, last_run_status="failed")
        self._log(self.channel, age_minutes=10_000)
        self.assertHealthy("order_import_lag_seconds", False)
        schedule.enabled = True
        self.assertCrossed("order_import_lag_seconds")
        self.channel.active = False
        self.assertHealthy("order_import_lag_seconds", False)

    def test_inventory_lag_only_with_schedules(self):
        self._log(self.channel, age_minutes=10_000, operation_type="inventory_sync")
        self.assertHealthy("inventory_sync_lag_seconds", False)
        self.assertEqual(self.metric("inventory_sync_lag_seconds")["threshold"], 1800)

    def test_other_company_does_not_count(self):
        other = self.env["res.company"].create({"name": "Other"})
        channel = self._channel(company=other)
        self._operations(channel, 101)
        self._log(channel, "failed", count=20)
        self._schedule(channel, last_run_status="failed")
        self._log(channel, age_minutes=10_000)
        self.assertEqual(self.health._report(self.company)["status"], "healthy")
        report = self.health._report(other)
        crossed = [name for name, metric in report["metrics"].items() if not metric["ok"]]
        self.assertCountEqual(
            crossed,
            ["fulfillment_sync_queue_depth", "sync_error_rate", "order_import_lag_seconds"],
        )

    def test_channel_words(self):
        def words(channel):
            return self.health._channel_states(self.company)[channel.name]

        off = {"order_import": "off", "inventory_sync": "off", "catalog_sync": "off"}
        self.assertEqual(words(self.channel), {**off, "api_status": "ok"})
        schedule = self._schedule(self.channel, last_run_status="failed", interval_minutes=60)
        self.assertEqual(words(self.channel)["order_import"], "failed")
        self._log(self.channel, age_minutes=60)
        schedule.last_run_status = "success"
        self.assertEqual(words(self.channel)["order_import"], "ok")
        schedule.write({"last_run_status": "failed", "interval_minutes": 15})
        self.assertEqual(words(self.channel)["order_import"], "late")
        self.channel.state = "error"
        self.assertEqual(words(self.channel)["api_status"], "error")
        self.env["orion.circuit"].create({"channel_id": self.channel.id, "state": "open"})
        self.assertEqual(words(self.channel)["api_status"], "paused")

    def test_channels_of_one_name_stay_apart(self):
        twin = self._channel(self.channel.name)
        names = self.health._channel_states(self.company)
        self.assertCountEqual(names, [self.channel.name, f"{twin.name} #{twin.id}"])

    def test_every_metric_says_what_to_do(self):
        texts = self.health._metric_texts()
        for name in self.health._metrics(self.company):
            title, advice = texts[name]
            self.assertTrue(title and advice, name)

    def test_queries_do_not_grow_with_channels(self):
        def count_queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.health._report(self.company)
            return self.cr.sql_log_count - before

        self._schedule(self.channel)
        count_queries()
        few = count_queries()
        for number in range(20):
            channel = self._channel(f"Channel {number}")
            self._schedule(channel)
            self._log(channel)
            self._operations(channel, 2)
        self.assertLessEqual(count_queries(), few)


@tagged("post_install", "-at_install")
class TestHealthPage(WatchMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_watch()
        cls.channel = cls._channel()
        cls.token = "a token of the test"
        cls.parameters = cls.env["ir.config_parameter"].sudo()
        cls.parameters.set_param(
            "orion_base.health_token_hash", hashlib.sha256(cls.token.encode()).hexdigest()
        )

    def get(self, token=None, company_id=None):
        query = "" if company_id is None else f"?company_id={company_id}"
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.url_open(f"/orion/health{query}", headers=headers)

    def test_shape(self):
        response = self.get(self.token, self.company.id)
        self.assertEqual(response.status_code, 200, response.text)
        body = response.json()
        self.assertCountEqual(body, ["status", "metrics", "channels"])
        self.assertEqual(body["status"], "healthy")
        for metric in body["metrics"].values():
            self.assertCountEqual(metric, ["value", "threshold", "ok"])
        self.assertLessEqual(
            {
                "order_import_lag_seconds",
                "inventory_sync_lag_seconds",
                "fulfillment_sync_queue_depth",
                "sync_error_rate",
            },
            set(body["metrics"]),
        )
        self.assertCountEqual(
            body["channels"][self.channel.name],
            ["order_import", "inventory_sync", "catalog_sync", "api_status"],
        )

    def test_crossed_threshold_is_503(self):
        self._operations(self.channel, 101)
        response = self.get(self.token, self.company.id)
        self.assertEqual(response.status_code, 503)
        self.assertEqual(response.json()["status"], "unhealthy")
        other = self.env["res.company"].create({"name": "Calm"})
        self.assertEqual(self.get(self.token, other.id).status_code, 200)

    def test_token_is_needed(self):
        for token in (None, "wrong", self.token + "x", "é"):
            response = self.get(token and token.encode().decode("latin-1"), self.company.id)
            self.assertEqual(response.status_code, 401, token)
            self.assertNotIn("metrics", response.json())
        basic = self.url_open("/orion/health", headers={"Authorization": f"Basic {self.token}"})
        self.assertEqual(basic.status_code, 401)

    def test_closed_without_a_token_set(self):
        self.parameters.set_param("orion_base.health_token_hash", False)
        self.assertEqual(self.get(self.token, self.company.id).status_code, 401)
        self.assertEqual(self.get("", self.company.id).status_code, 401)

    def test_wrong_companies(self):
        self.assertEqual(self.get(self.token, 999_999_999).status_code, 404)
        for wrong in ("abc", "-1", "1e3", "", "99999999999999", "%C2%B2"):
            response = self.get(self.token, wrong)
            self.assertEqual(response.status_code, 400, wrong)
            self.assertTrue(response.json()["error"])

    def test_all_companies(self):
        self._operations(self._channel("Elsewhere", self.env.company), 101)
        response = self.get(self.token)
        self.assertEqual(response.status_code, 503)
        self.assertIn(self.channel.name, response.json()["channels"])
        self.assertIn("Elsewhere", response.json()["channels"])
