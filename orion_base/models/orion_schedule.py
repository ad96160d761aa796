from datetime import timedelta

from croniter import croniter

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..engine.cursors import hold_rows
from ..engine.wake import wake_workers

ORDER_JOB = "order_import"
#: Minutes between two imports of orders: the documents' bounds of a channel's interval.
SHORTEST_INTERVAL, LONGEST_INTERVAL = 5, 1440


class OrionSchedule(models.Model):
    """A recurring job of a channel. The worker slots run what is due; one schedule runs at
    most once at a time over all hosts."""

    _name = "orion.schedule"
    _description = "Marketplace Schedule"
    _order = "channel_id, job_type"
    _rec_name = "job_type"

    channel_id = fields.Many2one("orion.channel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    job_type = fields.Selection([("order_import", "Order import")], required=True)
    enabled = fields.Boolean(help="Off: runs only when somebody asks for it.")
    interval_minutes = fields.Integer(default=15, help="Minutes between two starts.")
    cron_expression = fields.Char(
        help="Used instead of the interval when set, in UTC. Example: 0 5 * * 1-5"
    )
    next_run_at = fields.Datetime(copy=False)
    last_run_at = fields.Datetime(readonly=True, copy=False)
    last_run_status = fields.Selection(
        [("success", "Success"), ("partial", "Partial"), ("failed", "Failed")],
        readonly=True,
        copy=False,
    )
    last_run_duration_ms = fields.Integer(readonly=True, copy=False)
    max_retries = fields.Integer(default=3, help="Tries before waiting for the next regular run.")
    retry_delay_seconds = fields.Integer(default=60)
    retry_count = fields.Integer(readonly=True, copy=False)
    log_ids = fields.One2many("orion.sync.log", "schedule_id")
    running = fields.Boolean(compute="_compute_running", help="A run is waiting or under way.")

    _channel_job_unique = models.UniqueIndex(
        "(channel_id, job_type)", "A channel has one schedule for each kind of job."
    )
    _due_index = models.Index("(next_run_at) WHERE enabled")
    _interval_positive = models.Constraint(
        "CHECK (interval_minutes > 0)", "The interval must be at least one minute."
    )
    _retries_positive = models.Constraint(
        "CHECK (max_retries >= 0 AND retry_delay_seconds > 0)",
        "Retries must not be negative, and their delay must be at least one second.",
    )

    def _compute_running(self):
        counts = dict(
            self.env["orion.sync.log"]
            .sudo()
            ._read_group(
                [("schedule_id", "in", self.ids), ("status", "in", ("pending", "running"))],
                ["schedule_id"],
                ["__count"],
            )
        )
        for schedule in self:
            schedule.running = bool(counts.get(schedule._origin))

    @api.depends("channel_id", "job_type")
    def _compute_display_name(self):
        labels = dict(self._fields["job_type"]._description_selection(self.env))
        for schedule in self:
            schedule.display_name = (
                f"{schedule.channel_id.name}: {labels.get(schedule.job_type, schedule.job_type)}"
            )

    @api.constrains("interval_minutes", "job_type")
    def _check_order_interval(self):
        for schedule in self.filtered(lambda one: one.job_type == ORDER_JOB):
            if not SHORTEST_INTERVAL <= schedule.interval_minutes <= LONGEST_INTERVAL:
                raise ValidationError(
                    self.env._(
                        "The import interval must be between %(least)s and %(most)s minutes.",
                        least=SHORTEST_INTERVAL,
                        most=LONGEST_INTERVAL,
                    )
                )

    @api.constrains("cron_expression")
    def _check_cron_expression(self):
        for schedule in self.filtered("cron_expression"):
            if not croniter.is_valid(schedule.cron_expression):
                raise ValidationError(
                    self.env._(
                        "“%(expression)s” is not a cron expression. Use five fields, for example "
                        "“0 5 * * *” for every day at five, or leave it empty and set an interval.",
                        expression=schedule.cron_expression,
                    )
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        schedules = super().create(vals_list)
        schedules.filtered(lambda s: s.enabled and not s.next_run_at)._start_soon()
        return schedules

    def write(self, vals):
        # a worker writes how a run went while a person changes the settings
        hold_rows(self)
        result = super().write(vals)
        if vals.get("enabled") and "next_run_at" not in vals:
            self._start_soon()
        elif {"interval_minutes", "cron_expression"} & set(vals) and "next_run_at" not in vals:
            for schedule in self.filtered("enabled"):
                schedule.next_run_at = schedule._next_time(schedule.last_run_at)
        return result

    def _start_soon(self):
        hold_rows(self)
        super().write({"next_run_at": fields.Datetime.now(), "retry_count": 0})
        if self:
            wake_workers(self.env)

    # === ACTIONS === #

    def action_run_now(self):
        """Ask the workers to run these jobs in the background, as soon as one is free."""
        for schedule in self:
            schedule.channel_id._request_job(schedule.job_type)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("Started in the background; the log shows the progress."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_pause(self):
        self.enabled = False

    def action_resume(self):
        self.enabled = True

    # === BUSINESS === #

    @api.model
    def _early_start(self):
        """When an enabled schedule is wanted before its regular time, asked with every look of
        a worker; extended by addons whose jobs follow events.

        :return: `SQL` of a timestamp in UTC, NULL for no wish, about the schedule `s`
        """
        return SQL("NULL::timestamp")

    def _next_time(self, after=None):
        """The next regular start.

        :param after: naive UTC start of the last run; None: now
        """
        self.ensure_one()
        now = fields.Datetime.now()
        after = after or now
        if self.cron_expression:
            return croniter(self.cron_expression, max(after, now)).get_next(type(now))
        following = after + timedelta(minutes=self.interval_minutes)
        return max(following, now)
