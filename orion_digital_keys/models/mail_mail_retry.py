import sys
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.orion_base.engine.cursors import hold_free_rows, hold_rows

from ..lib.mail_failure import MailFailure, judge, seconds_to_retry


class MailMail(models.Model):
    """E-mails with keys that failed: Odoo's queue leaves them failed for good. What has certainly
    not left, and may leave later, goes back into the queue with growing waits; a person is asked
    about the rest."""

    _inherit = "mail.mail"

    orion_retry_count = fields.Integer(
        copy=False, readonly=True, help="Times it was sent again by itself."
    )
    orion_failure_told = fields.Boolean(
        copy=False, readonly=True, help="Somebody was asked about its failure."
    )

    def _note_failed(self, pieces, reason, failure_type):
        """Send it again later, or ask a person.

        :param pieces: whose keys it holds
        :param failure_type: Odoo's; `mail_smtp` where the mail server could not be reached
        """
        self.ensure_one()
        is_connecting = failure_type == "mail_smtp"
        if is_connecting and hold_free_rows(pieces) != pieces:
            # what cannot be noted now must not fail the whole run of the queue
            self._put_off()
            return
        # Odoo says what has happened as a text only, and calls this while it handles the error
        error = sys.exc_info()[1]
        failure = judge(error, is_connecting=is_connecting)
        seconds = seconds_to_retry(self.orion_retry_count)
        if failure is not MailFailure.PASSING or seconds is None:
            self.orion_failure_told = True
            pieces._note_not_sent(reason, is_unknown=failure is MailFailure.UNKNOWN)
            return
        again_at = fields.Datetime.now() + timedelta(seconds=round(seconds))
        self.write(
            {
                "state": "outgoing",
                "scheduled_date": again_at,
                "orion_retry_count": self.orion_retry_count + 1,
            }
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger(at=again_at)
        pieces._note_delayed(reason, again_at)

    @api.model
    def _tell_stranded(self):
        """Where the connection broke off, Odoo leaves an e-mail failed and calls nobody."""
        stranded = self.search(
            [
                ("state", "=", "exception"),
                ("orion_piece_ids", "!=", False),
                ("orion_failure_told", "=", False),
            ]
        )
        for mail in stranded:
            mail.orion_failure_told = True
            pieces = mail.orion_piece_ids._shown().filtered(
                lambda piece, mail=mail: (
                    # told already, or sent since in another e-mail
                    not piece.mail_problem
                    and not (piece.sent_at and piece.sent_at >= mail.create_date)
                )
            )
            pieces._note_not_sent(mail.failure_reason, is_unknown=True)

    @api.model
    def _take_out(self, pieces):
        """Keys are sent anew: e-mails that have not left do not hold them beside that. One that
        holds no other key does not leave any more."""
        waiting = self.search([("orion_piece_ids", "in", pieces.ids), ("state", "=", "outgoing")])
        # the queue may be sending one of them at this moment
        hold_rows(waiting)
        for mail in waiting:
            rest = mail.orion_piece_ids - pieces
            if rest:
                mail.orion_piece_ids = rest
            else:
                mail._cancel_without_keys()
