from odoo import api, fields, models

from ..sentences import say_entry


class OrionSyncLog(models.Model):
    """What the log's screens show of a run."""

    _name = "orion.sync.log"
    _inherit = ["orion.sync.log", "orion.json.screen"]

    operation_label = fields.Char(string="What", compute="_compute_operation_label")
    error_table = fields.Html(
        string="Errors", compute="_compute_error_table", sanitize=False, readonly=True
    )
    first_error = fields.Char(
        compute="_compute_error_table", help="The first sentence of the errors, for lists."
    )
    triggered_by_name = fields.Char(
        string="Started By", compute="_compute_triggered_by_name", help="Person or scheduler."
    )
    counts_text = fields.Text(string="Counters", compute="_compute_json_texts")
    parameters_text = fields.Text(string="Arguments", compute="_compute_json_texts")
    operation_ids = fields.One2many("orion.operation", "log_id", string="Operations")

    @api.depends("operation_type")
    @api.depends_context("lang")
    def _compute_operation_label(self):
        labels = {
            **dict(
                self.env["orion.operation"]._fields["operation"]._description_selection(self.env)
            ),
            **dict(self.env["orion.schedule"]._fields["job_type"]._description_selection(self.env)),
        }
        for log in self:
            log.operation_label = labels.get(log.operation_type, log.operation_type)

    @api.depends("operation_label", "channel_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for log in self:
            log.display_name = f"{log.channel_id.name}: {log.operation_label}"

    @api.depends("error_details")
    @api.depends_context("lang")
    def _compute_error_table(self):
        for log in self:
            entries = [say_entry(self.env, entry) for entry in log.error_details or []]
            log.error_table = self._error_table(entries)
            first = entries[0] if entries else {}
            log.first_error = first.get("message") if isinstance(first, dict) else str(first)

    @api.depends("triggered_by")
    @api.depends_context("lang")
    def _compute_triggered_by_name(self):
        """The name behind `triggered_by`; it is not stored, names change."""
        user_ids = {
            log.id: int(log.triggered_by.partition(":")[2])
            for log in self
            if (log.triggered_by or "").startswith("user:")
        }
        users = self.env["res.users"].sudo().browse(set(user_ids.values())).exists()
        names = {user.id: user.name for user in users}
        words = {"scheduler": self.env._("Scheduler"), "webhook": self.env._("Marketplace")}
        for log in self:
            by = log.triggered_by
            log.triggered_by_name = names.get(user_ids.get(log.id)) or words.get(by, by)

    @api.depends("counts", "parameters")
    def _compute_json_texts(self):
        for log in self:
            log.counts_text = "\n".join(
                f"{name}: {number}" for name, number in sorted((log.counts or {}).items())
            )
            log.parameters_text = self._pretty_json(log.parameters)

    def action_open_operations(self):
        """Open the operations sent in this run."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("orion_base.action_orion_operation")
        return {**action, "domain": [("log_id", "=", self.id)], "context": {}}
