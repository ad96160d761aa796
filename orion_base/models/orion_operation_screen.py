from odoo import api, fields, models


class OrionOperation(models.Model):
    """What the queue's screens show of an operation."""

    _name = "orion.operation"
    _inherit = ["orion.operation", "orion.json.screen"]

    payload_text = fields.Text(string="Sent Data", compute="_compute_json_texts")
    response_text = fields.Text(string="Answer", compute="_compute_json_texts")
    error_text = fields.Text(
        string="Error", compute="_compute_error_text", help="The error in the reader's language."
    )
    has_record = fields.Boolean(compute="_compute_has_record")

    @api.depends("payload", "response_data")
    def _compute_json_texts(self):
        for operation in self:
            operation.payload_text = self._pretty_json(operation.payload)
            operation.response_text = self._pretty_json(operation.response_data)

    @api.depends("error_message", "error_sentence")
    @api.depends_context("lang")
    def _compute_error_text(self):
        for operation in self:
            operation.error_text = operation._said_error()

    @api.depends("res_model", "res_id")
    def _compute_has_record(self):
        for operation in self:
            operation.has_record = bool(operation.res_id) and operation.res_model in self.env
