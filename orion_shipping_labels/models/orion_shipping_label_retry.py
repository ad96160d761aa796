from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_datetime

from ..lib.label_retry import seconds_to_retry

#: Most labels that are fetched again in one go; the others follow within minutes.
MOST_LABELS = 500


class OrionShippingLabel(models.Model):
    """Labels that could not be fetched for a reason that may pass are fetched again by
    themselves, at growing intervals."""

    _inherit = "orion.shipping.label"

    next_attempt_at = fields.Datetime(
        string="Fetched Again On",
        readonly=True,
        help="When it is fetched again by itself. Empty: only when somebody asks for it.",
    )
    retry_count = fields.Integer(
        readonly=True, help="Times it was fetched again by itself since somebody asked for it."
    )

    _retry_index = models.Index("(next_attempt_at) WHERE next_attempt_at IS NOT NULL")

    @api.depends("next_attempt_at")
    @api.depends_context("tz")
    def _compute_error_text(self):
        super()._compute_error_text()
        for label in self.filtered("next_attempt_at"):
            label.error_text = self.env._(
                "%(problem)s It is fetched again by itself at %(time)s.",
                problem=label.error_text,
                time=format_datetime(self.env, label.next_attempt_at, dt_format="short"),
            )

    @api.model
    def _cron_fetch_again(self):
        """Ask for the labels whose time has come."""
        due = self.search([("next_attempt_at", "<=", fields.Datetime.now())], limit=MOST_LABELS)
        for count, labels in due.grouped("retry_count").items():
            labels._ask_for_fetch("scheduler", retry_count=count + 1)

    def _values_of_failure(self, error):
        """What is kept of a fetch that failed, with the time of the next one."""
        seconds = seconds_to_retry(error, self.retry_count)
        again = seconds is not None and fields.Datetime.now() + timedelta(seconds=seconds)
        return {**super()._values_of_failure(error), "next_attempt_at": again}
