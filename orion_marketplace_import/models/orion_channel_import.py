from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.orion_base.rpc import USER, check_caller

from ..lib.reading import NO_CHANNEL_COLUMNS
from .orion_import_job import OPEN

LANGUAGES = ("fr", "de", "en")
FEED_JOB = "feed_import"
_DAY = 1440


class OrionChannel(models.Model):
    """Importing the feeds of a channel."""

    _inherit = "orion.channel"

    feed_url_fr = fields.Char(
        string="French Feed",
        groups="orion_base.group_orion_manager",
        help="Where the feed to import is fetched. It may hold a key: only managers see it.",
    )
    feed_url_de = fields.Char(
        string="German Feed",
        groups="orion_base.group_orion_manager",
        help="Where the feed to import is fetched. It may hold a key: only managers see it.",
    )
    feed_url_en = fields.Char(
        string="English Feed",
        groups="orion_base.group_orion_manager",
        help="Where the feed to import is fetched. It may hold a key: only managers see it.",
    )
    has_feed_url = fields.Boolean(compute="_compute_has_feed_url", compute_sudo=True)
    feed_sync_enabled = fields.Boolean(
        string="Import Feeds Automatically",
        compute="_compute_feed_sync",
        inverse="_inverse_feed_sync_enabled",
        compute_sudo=True,
        help="Whether the schedule imports the feeds above by itself.",
    )
    feed_sync_minutes = fields.Integer(
        string="Feed Interval",
        compute="_compute_feed_sync",
        inverse="_inverse_feed_sync_minutes",
        compute_sudo=True,
        help="Minutes between two imports of the feeds; at least 15.",
    )
    feed_shrink_percent = fields.Integer(
        string="Allowed Loss",
        default=30,
        help="Percent of its products that a feed may lose before it counts as damaged: then "
        "nothing is marked as missing until a manager says so.",
    )

    _feed_shrink_percent_range = models.Constraint(
        "CHECK (feed_shrink_percent BETWEEN 0 AND 100)", "The allowed loss is 0 to 100 percent."
    )

    # === COMPUTE AND CONSTRAINTS === #

    @api.depends("feed_url_fr", "feed_url_de", "feed_url_en")
    def _compute_has_feed_url(self):
        for channel in self:
            channel.has_feed_url = any(channel[f"feed_url_{code}"] for code in LANGUAGES)

    @api.depends("schedule_ids.enabled", "schedule_ids.interval_minutes", "schedule_ids.job_type")
    def _compute_feed_sync(self):
        for channel in self:
            schedule = channel._feed_schedule()
            channel.feed_sync_enabled = schedule.enabled
            channel.feed_sync_minutes = schedule.interval_minutes or _DAY

    def _inverse_feed_sync_enabled(self):
        for channel in self:
            enabled = channel.feed_sync_enabled
            if enabled and not channel.has_feed_url:
                raise ValidationError(
                    self.env._("Enter the address of a feed before it is imported automatically.")
                )
            channel.check_access("write")
            schedule = channel.sudo()._job_schedule(FEED_JOB)
            if schedule.enabled != enabled:
                schedule.enabled = enabled

    def _inverse_feed_sync_minutes(self):
        for channel in self:
            minutes = channel.feed_sync_minutes
            if minutes < 15:
                raise ValidationError(self.env._("Feeds are imported every 15 minutes at most."))
            channel.check_access("write")
            channel.sudo()._job_schedule(FEED_JOB).interval_minutes = minutes

    @api.constrains("feed_url_fr", "feed_url_de", "feed_url_en")
    def _check_feed_urls(self):
        for channel in self.sudo():
            for code in LANGUAGES:
                url = channel[f"feed_url_{code}"]
                if url and not self._is_valid_address(url.strip()):
                    raise ValidationError(
                        self.env._(
                            "The address of a feed starts with https:// and holds no password."
                        )
                    )

    # === ACTIONS === #

    def action_import_feeds(self):
        """Import the feeds of these channels now, in the background."""
        check_caller(self, USER, "read")
        jobs = self.env["orion.import.job"]
        for channel in self:
            jobs |= channel._start_feeds()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "orion_marketplace_import.action_orion_import_job"
            ),
            "domain": [("id", "in", jobs.ids)],
            "context": {},
        }

    # === BUSINESS === #

    def _feed_schedule(self):
        return self.schedule_ids.filtered(lambda schedule: schedule.job_type == FEED_JOB)[:1]

    def _default_job_interval(self, job_type):
        return _DAY if job_type == FEED_JOB else super()._default_job_interval(job_type)

    def _is_regular_run(self, log):
        # the schedule's run starts imports; how each of them ends, and the imports that people
        # start, are no reason to start all of them again
        if log.operation_type == FEED_JOB and (log.parameters or {}).get("job_id"):
            return False
        return super()._is_regular_run(log)

    def _feed_columns(self):
        """`ChannelColumns`: columns that only this marketplace has."""
        self.ensure_one()
        return getattr(self._find_feed_format(), "channel_columns", NO_CHANNEL_COLUMNS)

    def _remembered_mapping(self, columns):
        """What a person chose for a feed's columns, as JSON; None when nobody has."""
        return self.env["orion.feed.mapping"]._find(self, columns)

    def _start_feeds(self, **values):
        """Start an import of each of the channel's feeds that is not waiting already."""
        self.ensure_one()
        jobs = self.env["orion.import.job"]
        channel = self.sudo()
        waiting = jobs.sudo().search([("channel_id", "=", self.id), ("status", "in", OPEN)])
        started = jobs
        for language in LANGUAGES:
            url = channel[f"feed_url_{language}"]
            if url and url not in waiting.mapped("source_url"):
                found = {"language": language, **jobs._address_values(url), **values}
                started |= jobs._start(self, found)
        return started

    def _job_feed_import(self, state, parameters):
        """Run one import; without one, start the channel's own feeds, as a schedule does.

        :param parameters: `{"job_id": id of an orion.import.job}`
        """
        del state  # the import itself knows where it goes on
        job_id = parameters.get("job_id")
        if job_id:
            for job in self.env["orion.import.job"].browse(job_id).exists():
                yield from job._run_steps()
            return
        self._start_feeds(is_scheduled=True)
