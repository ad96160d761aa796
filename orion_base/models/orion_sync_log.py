from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.constants import GC_UNLINK_LIMIT

from ..json_field import ReadableJson


class OrionSyncLog(models.Model):
    """The audit line of one run, inbound or outbound. Lines are appended; only the worker
    that runs it writes on a running one."""

    _name = "orion.sync.log"
    _description = "Marketplace Sync Log"
    _order = "id desc"
    _rec_name = "operation_type"

    channel_id = fields.Many2one(
        "orion.channel", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    schedule_id = fields.Many2one(
        "orion.schedule", readonly=True, ondelete="set null", index="btree_not_null"
    )
    operation_type = fields.Char(
        required=True, readonly=True, help="Job type of an inbound run, verb of an outbound one."
    )
    direction = fields.Selection(
        [("inbound", "Inbound"), ("outbound", "Outbound"), ("internal", "Internal")],
        required=True,
        readonly=True,
        help="Internal: work within Odoo, for which the marketplace is not asked.",
    )
    status = fields.Selection(
        [
            ("pending", "Waiting"),
            ("running", "Running"),
            ("success", "Success"),
            ("partial", "Partial"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
        default="running",
    )
    records_processed = fields.Integer(readonly=True)
    records_succeeded = fields.Integer(readonly=True)
    records_failed = fields.Integer(readonly=True)
    total_records = fields.Integer(
        readonly=True, help="How many records there will be; 0 when not known beforehand."
    )
    progress = fields.Float(compute="_compute_progress", help="Percent of the records done.")
    counts = ReadableJson(readonly=True, help="Further counters of the run, by name.")
    parameters = ReadableJson(readonly=True)
    is_selective = fields.Boolean(
        string="Just Some Records",
        compute="_compute_is_selective",
        store=True,
        help="The run was for just some records that were asked for: it leaves its schedule as it "
        "is, and tells nothing of how the channel is doing.",
    )
    resume_at = fields.Datetime(
        string="Goes On At", readonly=True, help="Trouble on the way: the run waits until then."
    )
    resume_count = fields.Integer(
        string="Interruptions",
        readonly=True,
        help="How often it met trouble since it has done something.",
    )
    state_data = ReadableJson(readonly=True, help="Where the run continues after an interruption.")
    error_details = ReadableJson(readonly=True, help="One entry per failed record.")
    started_at = fields.Datetime(readonly=True)
    completed_at = fields.Datetime(readonly=True)
    duration_seconds = fields.Float(readonly=True)
    triggered_by = fields.Char(
        readonly=True, help="scheduler, webhook, or user:<id> of who asked for it."
    )
    correlation_id = fields.Char(readonly=True, help="Names the run in the server's log.")

    _open_index = models.Index("(schedule_id, id) WHERE status IN ('pending', 'running')")
    _recent_index = models.Index("(channel_id, direction, completed_at DESC)")
    _age_index = models.Index("(create_date)")

    @api.depends("parameters")
    def _compute_is_selective(self):
        for log in self:
            log.is_selective = bool((log.parameters or {}).get("external_ids"))

    @api.depends("records_processed", "total_records", "status")
    def _compute_progress(self):
        for log in self:
            if log.status in ("success", "partial"):
                log.progress = 100.0
            elif log.total_records:
                log.progress = min(100.0, 100.0 * log.records_processed / log.total_records)
            else:
                log.progress = 0.0

    @api.autovacuum
    def _gc_old_logs(self):
        days = self.env["ir.config_parameter"].sudo().get_param("orion_base.log_retention_days", 90)
        limit_date = fields.Datetime.now() - timedelta(days=int(days))
        old = self.search(
            [("create_date", "<", limit_date), ("status", "not in", ("pending", "running"))],
            limit=GC_UNLINK_LIMIT,
            order="id",
        )
        old.unlink()
        return len(old), len(old) == GC_UNLINK_LIMIT
