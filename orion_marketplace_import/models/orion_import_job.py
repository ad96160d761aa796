from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.orion_base.json_field import ReadableJson
from odoo.addons.orion_base.rpc import USER, check_caller
from odoo.addons.orion_base.sentences import say_entry

from ..lib.texts import FALLBACKS

OPEN = ("pending", "processing")
SMALLEST_BATCH, LARGEST_BATCH = 100, 5000
#: A cron of the workers runs each minute; what waits twice as long has a reason.
WAITS_TOO_LONG = timedelta(minutes=2)


class OrionImportJob(models.Model):
    """The import of one feed: a run of the engine, with what came of it."""

    _name = "orion.import.job"
    _description = "Feed Import"
    _order = "id desc"
    _rec_name = "source_name"

    channel_id = fields.Many2one(
        "orion.channel", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    marketplace = fields.Selection(related="channel_id.marketplace", store=True)
    user_id = fields.Many2one(
        "res.users", readonly=True, default=lambda self: self.env.user, ondelete="set null"
    )
    source_url = fields.Char(
        string="Address",
        readonly=True,
        groups="orion_base.group_orion_manager",
        help="May hold a key of the feed; only managers see it.",
    )
    content = fields.Binary(string="File", readonly=True, attachment=True)
    source_name = fields.Char(string="Source", readonly=True)
    language = fields.Selection(
        [("fr", "French"), ("de", "German"), ("en", "English")], required=True, readonly=True
    )
    batch_size = fields.Integer(readonly=True, default=1000, help="Rows in one transaction.")
    is_full = fields.Boolean(
        string="Whole Catalogue",
        readonly=True,
        default=True,
        help="Products that this feed lacks are marked as missing.",
    )
    status = fields.Selection(
        [
            ("pending", "Waiting"),
            ("processing", "Running"),
            ("completed", "Completed"),
            ("completed_with_errors", "Completed with Errors"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="pending",
        index=True,
    )
    error_message = fields.Char(readonly=True, help="Why the import as a whole failed.")
    imported_count = fields.Integer(string="New", readonly=True)
    updated_count = fields.Integer(string="Updated", readonly=True)
    unchanged_count = fields.Integer(string="Unchanged", readonly=True)
    error_count = fields.Integer(string="Errors", readonly=True)
    total_processed = fields.Integer(string="Rows", readonly=True)
    missing_count = fields.Integer(
        string="Missing", readonly=True, help="Products of earlier feeds that this one lacks."
    )
    known_count = fields.Integer(
        string="Known Before",
        readonly=True,
        help="Products that feeds of this language had before this one.",
    )
    is_shrunk = fields.Boolean(
        readonly=True,
        help="The feed lost more than the channel allows: nothing was marked as missing.",
    )
    mapping = ReadableJson(readonly=True, help="Which column fills which field, as it was chosen.")
    corrects_id = fields.Many2one(
        "orion.import.job",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The import whose rows were corrected and are in this one.",
    )
    is_scheduled = fields.Boolean(readonly=True, help="Started by the channel's schedule.")
    fetch_count = fields.Integer(
        readonly=True, help="How often its address has not answered, and it was tried again."
    )
    progress = fields.Float(readonly=True, help="Percent of the file that was read.")
    next_row = fields.Integer(readonly=True, help="Where the import goes on after a pause.")
    detection = ReadableJson(readonly=True, help="What the file was found to be.")
    started_at = fields.Datetime(readonly=True)
    completed_at = fields.Datetime(readonly=True)
    duration = fields.Float(string="Took (s)", compute="_compute_duration", digits=(16, 1))
    log_id = fields.Many2one("orion.sync.log", readonly=True, ondelete="set null", index=True)
    error_ids = fields.One2many("orion.import.error", "import_job_id", readonly=True)
    waiting_reason = fields.Char(compute="_compute_waiting_reason")

    _batch_size_range = models.Constraint(
        "CHECK (batch_size BETWEEN 100 AND 5000)", "A batch has 100 to 5,000 rows."
    )

    # === COMPUTE === #

    @api.depends("started_at", "completed_at")
    def _compute_duration(self):
        for job in self:
            end = job.completed_at or fields.Datetime.now()
            job.duration = (end - job.started_at).total_seconds() if job.started_at else 0.0

    @api.depends("status", "create_date", "error_message")
    def _compute_waiting_reason(self):
        oldest = fields.Datetime.now() - WAITS_TOO_LONG
        for job in self:
            is_old = job.create_date and job.create_date < oldest
            waits = job.status == "pending" and (is_old or job.error_message)
            job.waiting_reason = job._why_it_waits() if waits else False

    def _why_it_waits(self):
        channel = self.channel_id
        if self.error_message:
            return self.env._(
                "%(problem)s The feed is fetched again soon.", problem=self.error_message
            )
        if channel.pause_reason:
            return channel.pause_reason
        before = self.sudo().search_count(
            [("channel_id", "=", channel.id), ("status", "in", OPEN), ("id", "<", self.id)]
        )
        if before == 1:
            return self.env._("One import of this channel is before it.")
        if before:
            return self.env._("%(count)s imports of this channel are before it.", count=before)
        if not channel.active:
            return self.env._("The channel is archived. Restore it, or cancel the import.")
        return self.env._(
            "No worker has taken it up: check that scheduled actions run on the server."
        )

    # === PUBLIC === #

    @api.model
    def start_import(
        self,
        channel_id=None,
        source_url=None,
        content_base64=None,
        language="en",
        batch_size=1000,
        company_id=None,
        is_full=True,
    ):
        """Import a feed in the background.

        :param channel_id: or `company_id`, where the company has one channel
        :param source_url: address of the feed, or `content_base64`: its file, which may be
            packed (gz, zip) or a spreadsheet
        :param language: of its texts: fr, de or en
        :param batch_size: rows in one transaction, 100 to 5000
        :param is_full: whether products that the feed lacks are marked as missing
        :return: `{"job_id": id, "status": "pending"}`
        :raise UserError: a wrong argument
        """
        check_caller(self.browse(), USER, "read")
        channel = self._channel_of(channel_id, company_id)
        values = self._checked_arguments(source_url, content_base64, language, batch_size)
        job = self._start(channel, {**values, "is_full": bool(is_full)})
        return {"job_id": job.id, "status": job.status}

    def get_status(self):
        """How each import is doing.

        :return: list in order of ids of `{id, status, imported_count, updated_count,
            unchanged_count, error_count, total_processed, progress}`
        """
        check_caller(self, USER, "read")
        return [
            {
                "id": job.id,
                "status": job.status,
                "imported_count": job.imported_count,
                "updated_count": job.updated_count,
                "unchanged_count": job.unchanged_count,
                "error_count": job.error_count,
                "total_processed": job.total_processed,
                "progress": round(job.progress, 1),
            }
            for job in self
        ]

    @api.model
    def get_stats(self, channel_id=None, company_id=None):
        """Counts of imports by status.

        :return: `{total, pending, processing, completed, completed_with_errors, failed}`;
            cancelled ones are in the total only
        """
        check_caller(self.browse(), USER, "read")
        domain = []
        if channel_id:
            check_caller(self.env["orion.channel"].browse(channel_id), USER, "read")
            domain.append(("channel_id", "=", channel_id))
        if company_id:
            domain.append(("company_id", "=", company_id))
        counts = dict(self._read_group(domain, ["status"], ["__count"]))
        names = ("pending", "processing", "completed", "completed_with_errors", "failed")
        return {"total": sum(counts.values()), **{name: counts.get(name, 0) for name in names}}

    # === BUSINESS === #

    @api.model
    def _start(self, channel, values):
        """Create the job, and ask the workers to run it.

        :param channel: one the caller may read
        """
        check_caller(channel, USER, "read")
        job = self.sudo().create({"channel_id": channel.id, "user_id": self.env.uid, **values})
        job._request_run(f"user:{self.env.uid}")
        return job.sudo(self.env.su)

    def _request_run(self, triggered_by):
        """Have the workers run this import; returns the run's log."""
        self.log_id = self.channel_id._request_job(
            "feed_import", {"job_id": self.id}, triggered_by=triggered_by
        )
        return self.log_id

    @api.model
    def _run_ended(self, logs):
        """The engine has closed these runs: an import that is still open did not end by itself."""
        jobs = self.search([("log_id", "in", logs.ids), ("status", "in", OPEN)])
        for job in jobs:
            last = (job.log_id.error_details or [{}])[-1]
            job._finish("failed", str(say_entry(job._told_env(), last).get("message") or ""))

    def _finish(self, status, error_message=False):
        self.write(
            {
                "status": status,
                "error_message": error_message,
                "completed_at": fields.Datetime.now(),
                **({"progress": 100.0} if status.startswith("completed") else {}),
            }
        )
        self.corrects_id.error_ids._take_over_corrections(self)
        self.env["orion.staging"]._forget_met(self.filtered(lambda job: not job.is_shrunk))
        self._tell()
        # also behind one that failed: others of the round may have waited for it
        for channel in self.channel_id:
            channel._after_feed_import()

    @api.model
    def _default_language_code(self):
        code = (self.env.lang or "")[:2]
        return code if code in FALLBACKS else "fr"

    @api.autovacuum
    def _gc_files(self):
        """Files of imports that are long over; their numbers and errors stay."""
        limit = fields.Datetime.now() - timedelta(days=30)
        old = self.search(
            [("completed_at", "<", limit), ("content", "!=", False)], limit=100, order="id"
        )
        old.content = False
        return len(old), len(old) == 100
