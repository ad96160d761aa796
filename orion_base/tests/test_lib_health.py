from datetime import datetime, timedelta
from itertools import product
from unittest import TestCase

from odoo.addons.orion_base.lib.health import LEAST_EVENTS, JobHistory, Metric, rate

NOW = datetime(2026, 11, 21, 12, 0)
INTERVAL = timedelta(minutes=20)


def ago(minutes):
    return NOW - timedelta(minutes=minutes)


class TestMetric(TestCase):
    def test_threshold_itself_is_healthy(self):
        self.assertTrue(Metric.at_most(100, 100).ok)
        self.assertFalse(Metric.at_most(101, 100).ok)
        self.assertTrue(Metric.at_least(0.95, 0.95).ok)
        self.assertFalse(Metric.at_least(0.94, 0.95).ok)

    def test_no_data_is_healthy_and_false(self):
        for metric in (Metric.at_most(None, 5), Metric.at_least(None, 5)):
            self.assertEqual(metric.as_dict(), {"value": False, "threshold": 5, "ok": True})

    def test_worst_is_measured_against_own_threshold(self):
        slow = Metric.at_most(3000, 7200)
        late = Metric.at_most(1000, 900)
        self.assertIs(Metric.worst([slow, late, Metric.at_most(None, 1)], 900), late)
        self.assertEqual(Metric.worst([], 900), Metric(None, 900, True))

    def test_worst_fails_exactly_when_one_fails(self):
        for values in product((0, 899, 900, 901, 5000), repeat=3):
            for thresholds in product((900, 1800), repeat=3):
                metrics = list(map(Metric.at_most, values, thresholds))
                worst = Metric.worst(metrics, 900)
                self.assertEqual(worst.ok, all(metric.ok for metric in metrics), metrics)

    def test_rate_needs_events(self):
        self.assertIsNone(rate(LEAST_EVENTS - 1, LEAST_EVENTS - 1))
        self.assertEqual(rate(1, LEAST_EVENTS), 0.05)


class TestJobHistory(TestCase):
    def test_lag_is_age_of_last_success(self):
        history = JobHistory(INTERVAL, next_run_at=ago(-15), last_success_at=ago(5))
        self.assertEqual(history.lag(NOW), 300)

    def test_failing_runs_do_not_hide_the_lag(self):
        history = JobHistory(
            INTERVAL, next_run_at=ago(-1), last_success_at=ago(90), last_run_ok=False
        )
        self.assertEqual(history.lag(NOW), 90 * 60)

    def test_resumed_schedule_starts_anew(self):
        history = JobHistory(INTERVAL, next_run_at=NOW, last_success_at=ago(100_000))
        self.assertEqual(history.lag(NOW), 20 * 60)

    def test_stopped_workers_show(self):
        history = JobHistory(INTERVAL, next_run_at=ago(40), last_success_at=ago(60))
        self.assertEqual(history.lag(NOW), 60 * 60)

    def test_never_succeeded_counts_from_the_first_attempt(self):
        history = JobHistory(
            INTERVAL, next_run_at=ago(-1), first_attempt_at=ago(50), last_run_ok=False
        )
        self.assertEqual(history.lag(NOW), 50 * 60)

    def test_no_data(self):
        self.assertIsNone(JobHistory(INTERVAL).lag(NOW))

    def test_lag_is_never_negative(self):
        self.assertEqual(JobHistory(INTERVAL, next_run_at=ago(-60)).lag(NOW), 0)

    def test_threshold_is_the_larger(self):
        floor = timedelta(minutes=15)
        self.assertEqual(JobHistory(INTERVAL).threshold(floor), 40 * 60)
        self.assertEqual(JobHistory(timedelta(minutes=5)).threshold(floor), 15 * 60)
