from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib.outbox import Repeat


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
    may_be_done = fields.Boolean(
        compute="_compute_may_be_done",
        help="It was sent, no clear answer came back, and once more may be once too often.",
    )
    can_be_asked = fields.Boolean(
        compute="_compute_may_be_done",
        help="The marketplace can say whether it was done, and is asked before it is sent again.",
    )

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

    @api.depends("status", "sent_at", "operation")
    def _compute_may_be_done(self):
        for operation in self:
            repeat = operation._repeat()
            operation.can_be_asked = repeat is Repeat.RECONCILABLE
            operation.may_be_done = bool(
                operation.sent_at
                and operation.status in ("unknown", "cancelled")
                and repeat is not Repeat.REPEATABLE
            )

    # === ACTIONS === #

    def action_retry(self):
        """Retry; what a person must look up first is left to the page of the operation, which
        asks."""
        risky = self.filtered(lambda op: op.may_be_done and not op.can_be_asked)
        if risky and risky == self:
            raise UserError(
                self.env._(
                    "These may have been done already, and the marketplace cannot be asked. Look "
                    "there first; then open the operation and press “Send Anyway”."
                )
            )
        chosen = self - risky
        retried = chosen.retry()["retried"]
        asked = len(chosen.filtered(lambda op: op.status == "unknown"))
        given_up = chosen.filtered(lambda op: op.status in ("failed", "cancelled"))
        messages = []
        if retried > asked:
            messages.append(
                self.env._("Operations that will be sent again: %(count)s.", count=retried - asked)
            )
        if asked:
            messages.append(
                self.env._(
                    "Sent before, so the marketplace is asked first whether they were done: "
                    "%(count)s.",
                    count=asked,
                )
            )
        if given_up:
            messages.append(
                self.env._(
                    "Not sent, because something else was done since: %(count)s. Each says what.",
                    count=len(given_up),
                )
            )
        if risky:
            messages.append(
                self.env._(
                    "Left alone, for they may have been done already: %(count)s. Open each.",
                    count=len(risky),
                )
            )
        return self._notify(" ".join(messages))

    def action_send_anyway(self):
        """Send again what nobody but the person can know to have been done."""
        return self._notify(
            self.env._(
                "Operations that will be sent again: %(count)s.", count=self.retry()["retried"]
            )
        )
