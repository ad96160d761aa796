from odoo import api, fields, models

from ..sentences import say_entry
from .orion_schedule import ORDER_JOB

DEFAULT_INTERVAL = 15


class OrionChannel(models.Model):
    """What the documents call the sync settings of a channel: they live on its order schedule,
    and what the last run said lives in its log."""

    _inherit = "orion.channel"

    auto_sync_enabled = fields.Boolean(
        string="Import Orders Automatically",
        compute="_compute_auto_sync",
        inverse="_inverse_auto_sync_enabled",
        search="_search_auto_sync_enabled",
        compute_sudo=True,
        help="Whether the order schedule of this channel is enabled.",
    )
    sync_interval_minutes = fields.Integer(
        string="Import Interval",
        compute="_compute_auto_sync",
        inverse="_inverse_sync_interval_minutes",
        compute_sudo=True,
        help="Minutes between two imports of orders, from 5 to 1440.",
    )
    log_ids = fields.One2many("orion.sync.log", "channel_id")
    last_sync_at = fields.Datetime(
        string="Last Sync", compute="_compute_last_sync", compute_sudo=True
    )
    last_sync_status = fields.Selection(
        [("success", "Success"), ("partial", "Partial"), ("failed", "Failed")],
        compute="_compute_last_sync",
        compute_sudo=True,
    )
    last_sync_error = fields.Char(compute="_compute_last_sync", compute_sudo=True)

    # === COMPUTE === #

    @api.depends("schedule_ids.enabled", "schedule_ids.interval_minutes", "schedule_ids.job_type")
    def _compute_auto_sync(self):
        for channel in self:
            schedule = channel._order_schedule()
            channel.auto_sync_enabled = schedule.enabled
            channel.sync_interval_minutes = (
                schedule.interval_minutes or channel._default_sync_interval()
            )

    def _inverse_auto_sync_enabled(self):
        for channel in self:
            enabled = channel.auto_sync_enabled
            channel._order_schedule_or_create().enabled = enabled

    def _inverse_sync_interval_minutes(self):
        for channel in self:
            minutes = channel.sync_interval_minutes
            channel._order_schedule_or_create().interval_minutes = minutes

    @api.model
    def _search_auto_sync_enabled(self, operator, value):
        if operator != "in":
            return NotImplemented
        enabled = [("job_type", "in", self._sync_jobs()), ("enabled", "=", True)]
        if True in value and False in value:
            return []
        return [("schedule_ids", "any" if True in value else "not any", enabled)]

    @api.depends(
        "log_ids.status", "log_ids.completed_at", "log_ids.error_details", "log_ids.is_selective"
    )
    @api.depends_context("lang")
    def _compute_last_sync(self):
        """From the newest finished log of each channel, in one query; runs for just
        some records tell nothing of the channel."""
        newest = self._newest_logs()
        for channel in self:
            log = newest.get(channel._origin.id, {})
            channel.last_sync_at = log.get("completed_at")
            channel.last_sync_status = log.get("status")
            channel.last_sync_error = self._first_error(log) if log else False

    def _newest_logs(self):
        """dict of the newest finished log's values by channel id"""
        self.env["orion.sync.log"].flush_model(
            ["channel_id", "status", "completed_at", "is_selective"]
        )
        self.env.cr.execute(
            """
            SELECT c.id, l.status, l.completed_at, l.error_details
              FROM unnest(%s) AS c (id)
             CROSS JOIN LATERAL (
                   SELECT newest.*
                     FROM (VALUES ('inbound'), ('outbound')) AS d (direction)
                    CROSS JOIN LATERAL (
                          SELECT log.id, log.status, log.completed_at, log.error_details
                            FROM orion_sync_log log
                           WHERE log.channel_id = c.id AND log.direction = d.direction
                             AND log.completed_at IS NOT NULL
                             AND log.status IN ('success', 'partial', 'failed')
                             AND log.is_selective IS NOT TRUE
                           ORDER BY log.completed_at DESC, log.id DESC LIMIT 1) newest
                    ORDER BY newest.completed_at DESC, newest.id DESC LIMIT 1) l
            """,
            (self._origin.ids,),
        )
        return {row["id"]: row for row in self.env.cr.dictfetchall()}

    @api.model
    def _first_error(self, log):
        details = log["error_details"]
        if log["status"] == "success" or not details:
            return False
        first = say_entry(self.env, details[0] if isinstance(details, list) else details)
        return str(first.get("message") or "") if isinstance(first, dict) else str(first)

    # === BUSINESS === #

    def _order_schedule(self):
        job_type = self._sync_job()
        return self.schedule_ids.filtered(lambda schedule: schedule.job_type == job_type)[:1]

    def _sync_job(self):
        """The job that the sync settings of this channel are about: that of its orders, where it
        has any; extended by addons of suppliers."""
        return ORDER_JOB

    @api.model
    def _sync_jobs(self):
        """All values of `_sync_job`."""
        return [ORDER_JOB]

    def _order_schedule_or_create(self):
        self.ensure_one()
        self.check_access("write")
        channel = self.sudo()
        return channel._order_schedule() or channel.env["orion.schedule"].create(
            channel._prepare_order_schedule()
        )

    def _prepare_order_schedule(self):
        self.ensure_one()
        return {
            "channel_id": self.id,
            "job_type": self._sync_job(),
            "enabled": False,
            "interval_minutes": self._default_sync_interval(),
        }

    def _create_missing_schedules(self):
        """Give new channels the schedules they come with, all of them disabled."""
        values_list = []
        for channel in self.sudo():
            existing = set(channel.schedule_ids.mapped("job_type"))
            values_list += [
                values
                for values in channel._default_schedules()
                if values["job_type"] not in existing
            ]
        self.env["orion.schedule"].sudo().create(values_list)

    def _default_schedules(self):
        """Values of the schedules a new channel comes with; extended by addons with jobs."""
        self.ensure_one()
        return [] if self.marketplace == "storefront" else [self._prepare_order_schedule()]

    def _default_sync_interval(self):
        """Minutes between two imports of orders; extended by channel addons."""
        self.ensure_one()
        return DEFAULT_INTERVAL
