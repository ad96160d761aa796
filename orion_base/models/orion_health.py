from datetime import datetime, timedelta

from croniter import croniter

from odoo import api, fields, models

from ..lib.health import JobHistory, Metric, rate

#: Job types each channel reports on, in the documents' words.
REPORTED_JOBS = ("order_import", "inventory_sync", "catalog_sync")

#: Least age of the last success that is worth an alert.
LAG_FLOORS = {
    "order_import": timedelta(minutes=15),
    "inventory_sync": timedelta(minutes=30),
    "catalog_sync": timedelta(hours=12),
}
QUEUE_DEPTH_LIMIT = 100
ERROR_RATE_LIMIT = 0.05

#: Roles of verbs no customer waits for.
BACKGROUND_ROLES = ("stock", "catalogue")


class OrionHealth(models.AbstractModel):
    """Metrics of a company's connections and their thresholds. Each addon adds its own
    to `_metrics` and says in `_metric_texts` what they mean."""

    _name = "orion.health"
    _description = "Marketplace Health"

    # === BUSINESS: what is reported === #

    @api.model
    def _report(self, companies):
        """The answer of `/orion/health`.

        :param companies: `res.company` records that are looked at together
        :return: `{status, metrics, channels}`; status is `healthy` or `unhealthy`
        """
        metrics = self._metrics(companies)
        healthy = all(metric["ok"] for metric in metrics.values())
        return {
            "status": "healthy" if healthy else "unhealthy",
            "metrics": metrics,
            "channels": self._channel_states(companies),
        }

    @api.model
    def _metrics(self, companies):
        """Metrics by name, extended by other addons through `super()`.

        :return: `{name: {value, threshold, ok}}`; a value without data is False and healthy
        """
        lags = self._job_lags(companies)
        metrics = {
            "fulfillment_sync_queue_depth": self._queue_depth(companies),
            "sync_error_rate": self._error_rate(companies),
        }
        for job_type in ("order_import", "inventory_sync"):
            metrics[f"{job_type}_lag_seconds"] = Metric.worst(
                (metric for (_channel, job), metric in lags.items() if job == job_type),
                LAG_FLOORS[job_type].total_seconds(),
            )
        return {name: metric.as_dict() for name, metric in metrics.items()}

    @api.model
    def _metric_texts(self):
        """What a manager reads when a metric has crossed its threshold.

        :return: `{name: (title, what to do)}`, extended by other addons
        """
        return {
            "fulfillment_sync_queue_depth": (
                self.env._("Too many operations wait to be sent"),
                self.env._(
                    "More than %(limit)s confirmations, refusals and shipments have not reached "
                    "their marketplace. Open Monitoring > Queue, see which channel they wait for "
                    "and what its banner on the dashboard says.",
                    limit=QUEUE_DEPTH_LIMIT,
                ),
            ),
            "sync_error_rate": (
                self.env._("Too many synchronisations fail"),
                self.env._(
                    "More than 5% of the runs of the last 24 hours failed. Open Monitoring > "
                    "Sync Logs, filter on Failed and read the error of the newest one."
                ),
            ),
            "order_import_lag_seconds": (
                self.env._("Orders have not been imported for too long"),
                self.env._(
                    "Press Import now on the channel's card of the dashboard: it says what is "
                    "wrong. If it works, check that scheduled actions run on the server."
                ),
            ),
            "inventory_sync_lag_seconds": (
                self.env._("Stock has not been sent for too long"),
                self.env._(
                    "Open Monitoring > Schedules, run the stock schedule of the channel now and "
                    "read its log. If it works, check that scheduled actions run on the server."
                ),
            ),
        }

    @api.model
    def _channel_states(self, companies):
        """State of each channel by its name, one word a job.

        `ok`, `late` (beyond its threshold), `failed` (last run failed, not late yet),
        `waiting` (never ran, not late), `off` (no enabled schedule); `api_status` is `ok`,
        `paused` (calls are held back after errors), `error` or `not_connected`.
        """
        channels = self.env["orion.channel"].search([("company_id", "in", companies.ids)])
        lags = self._job_lags(companies)
        failed = {
            (schedule.channel_id.id, schedule.job_type)
            for schedule in self._enabled_schedules(companies)
            if schedule.last_run_status == "failed"
        }
        paused = {
            circuit.channel_id.id
            for circuit in self.env["orion.circuit"].search(
                [("channel_id", "in", channels.ids), ("state", "=", "open")]
            )
        }
        states = {}
        for channel in channels:
            name = channel.name if channel.name not in states else f"{channel.name} #{channel.id}"
            states[name] = {
                job_type: self._job_word(
                    lags.get((channel.id, job_type)), (channel.id, job_type) in failed
                )
                for job_type in REPORTED_JOBS
            }
            states[name]["api_status"] = self._api_word(channel, channel.id in paused)
        return states

    @api.model
    def _job_word(self, metric, failed):
        if metric is None:
            return "off"
        if not metric.ok:
            return "late"
        if failed:
            return "failed"
        return "waiting" if metric.value is None else "ok"

    @api.model
    def _api_word(self, channel, paused):
        if paused:
            return "paused"
        return {"connected": "ok", "error": "error"}.get(channel.state, "not_connected")

    # === BUSINESS: measuring === #

    @api.model
    def _queue_depth(self, companies):
        verbs = self.env["orion.operation"]._get_verbs()
        background = [name for name, verb in verbs.items() if verb.role in BACKGROUND_ROLES]
        depth = self.env["orion.operation"].search_count(
            [
                ("company_id", "in", companies.ids),
                ("status", "in", ("pending", "processing", "unknown")),
                ("operation", "not in", background),
            ]
        )
        return Metric.at_most(depth, QUEUE_DEPTH_LIMIT)

    @api.model
    def _error_rate(self, companies):
        counts = dict(
            self.env["orion.sync.log"]._read_group(
                [
                    ("company_id", "in", companies.ids),
                    ("status", "in", ("success", "partial", "failed")),
                    ("create_date", ">=", fields.Datetime.now() - timedelta(hours=24)),
                    ("is_selective", "=", False),
                ],
                ["status"],
                ["__count"],
            )
        )
        return Metric.at_most(rate(counts.get("failed", 0), sum(counts.values())), ERROR_RATE_LIMIT)

    @api.model
    def _enabled_schedules(self, companies):
        return self.env["orion.schedule"].search(
            [
                ("company_id", "in", companies.ids),
                ("enabled", "=", True),
                ("channel_id.active", "=", True),
                ("job_type", "in", REPORTED_JOBS),
            ]
        )

    @api.model
    def _job_lags(self, companies):
        """Age of the last success of every enabled schedule.

        :return: `Metric` by (channel id, job type)
        """
        now = fields.Datetime.now()
        schedules = self._enabled_schedules(companies)
        succeeded, attempted = self._run_times(schedules)
        lags = {}
        for schedule in schedules:
            key = (schedule.channel_id.id, schedule.job_type)
            history = JobHistory(
                interval=self._interval(schedule, now),
                next_run_at=schedule.next_run_at or None,
                last_success_at=succeeded.get(key),
                first_attempt_at=attempted.get(key),
                last_run_ok=schedule.last_run_status != "failed",
            )
            threshold = history.threshold(LAG_FLOORS[schedule.job_type])
            lags[key] = Metric.at_most(history.lag(now), threshold)
        return lags

    @api.model
    def _interval(self, schedule, now):
        """Time between two regular starts around `now`."""
        if not schedule.cron_expression:
            return timedelta(minutes=schedule.interval_minutes)
        times = croniter(schedule.cron_expression, now)
        following = times.get_next(datetime)
        return following - times.get_prev(datetime)

    @api.model
    def _run_times(self, schedules):
        """Last success and first attempt by (channel id, job type), in one query."""
        groups = self.env["orion.sync.log"]._read_group(
            [
                ("channel_id", "in", schedules.channel_id.ids),
                ("operation_type", "in", list(set(schedules.mapped("job_type")))),
                ("is_selective", "=", False),
            ],
            ["channel_id", "operation_type", "status"],
            ["completed_at:max", "started_at:min"],
        )
        succeeded, attempted = {}, {}
        for channel, job_type, status, completed_at, started_at in groups:
            key = (channel.id, job_type)
            # a partial run reached the marketplace: what failed are single records
            if status in ("success", "partial") and completed_at:
                succeeded[key] = max(completed_at, succeeded.get(key, completed_at))
            if started_at:
                attempted[key] = min(started_at, attempted.get(key, started_at))
        return succeeded, attempted
