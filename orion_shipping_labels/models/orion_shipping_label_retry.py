from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_datetime

from ..lib.label_retry import seconds_to_retry
from .sale_order_late import BEFORE_SHIPMENT

ACTIVITY = "orion_shipping_labels.activity_type_labels"
#: Orders whose numbers a note holds.
NAMED_ORDERS = 10
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

    is_given_up = fields.Boolean(
        readonly=True,
        help="It was fetched again by itself, and in the end in vain: a person is told.",
    )

    _given_up_index = models.Index("(id) WHERE is_given_up")
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
        self._tell_given_up()

    def _ask_for_fetch(self, triggered_by, retry_count=0):
        asked = super()._ask_for_fetch(triggered_by, retry_count)
        asked.filtered("is_given_up").is_given_up = False
        return asked

    def _values_of_failure(self, error):
        """What is kept of a fetch that failed, with the time of the next one."""
        seconds = seconds_to_retry(error, self.retry_count)
        again = seconds is not None and fields.Datetime.now() + timedelta(seconds=seconds)
        return {
            **super()._values_of_failure(error),
            "next_attempt_at": again,
            # who has asked for it sees at once what came of it
            "is_given_up": not again and self.retry_count > 0,
        }

    # === TELLING === #

    @api.model
    def _tell_given_up(self):
        """One activity a channel for the labels that are still wanted and were not to be had,
        however many; none any more where there are none."""
        given_up = self.search(
            [("is_given_up", "=", True), ("order_id.orion_status", "in", BEFORE_SHIPMENT)],
            limit=MOST_LABELS,
        )
        by_channel = given_up.grouped("channel_id")
        activities = self.env["mail.activity"].sudo()
        told = activities.search([("activity_type_id", "=", self.env.ref(ACTIVITY).id)])
        told.filtered(lambda one: one.res_id not in {c.id for c in by_channel}).unlink()
        known = {activity.res_id: activity for activity in told.exists()}
        for channel, labels in by_channel.items():
            labels._tell_channel(channel, known.get(channel.id))

    def _tell_channel(self, channel, activity):
        """:param activity: the one that is open, or None"""
        user = activity.user_id if activity else channel._label_responsible()
        if not user:
            return
        told = self.with_context(lang=user.lang)
        note = told.env._(
            "Labels that could not be fetched, though it was tried for half a day: %(count)s, of "
            "%(orders)s. The last problem: %(problem)s Select their orders under To Ship, and get "
            "the labels once more, or print them on the carrier's pages.",
            count=len(self),
            orders=", ".join(
                order.orion_order_number or order.name for order in self.order_id[:NAMED_ORDERS]
            ),
            problem=told[0].error_text,
        )
        if activity:
            activity.note = note
            return
        channel.with_context(mail_activity_quick_update=True).activity_schedule(
            ACTIVITY,
            summary=told.env._("Labels could not be fetched"),
            note=note,
            user_id=user.id,
        )
