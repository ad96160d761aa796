from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

#: Before an e-mail is tried again whose order somebody else works on at this moment.
BUSY_SECONDS = 10


class MailMail(models.Model):
    """E-mails with keys: neither in the queue nor afterwards does a key stand in them. They are put
    in when the e-mail is handed to the mail server."""

    _inherit = "mail.mail"

    orion_piece_ids = fields.Many2many(
        "orion.digital.piece",
        "orion_mail_piece_rel",
        "mail_id",
        "piece_id",
        copy=False,
        exportable=False,
        groups=fields.NO_ACCESS,
        help="Whose keys this e-mail may hold.",
    )
    orion_key_recipient = fields.Char(
        copy=False,
        exportable=False,
        groups=fields.NO_ACCESS,
        help="The only address they may be sent to.",
    )

    def _prepare_outgoing_body(self):
        body = super()._prepare_outgoing_body()
        pieces = self.sudo().orion_piece_ids
        return pieces._fill_body(body) if pieces else body

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        pieces = self.sudo().orion_piece_ids
        if not pieces:
            return super()._prepare_outgoing_list(mail_server, doc_to_followers)
        if not pieces._lock_for_sending():
            self._put_off()
            return []
        if not pieces._shown():
            return []
        self._check_key_recipient()
        self._check_places(pieces)
        images = pieces._image_attachments()
        return [
            {**one, "attachments": [*one["attachments"], *images]}
            for one in super()._prepare_outgoing_list(mail_server, doc_to_followers)
        ]

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        is_over = success_pids or success_emails or failure_type
        put_off = self.browse() if is_over else self.filtered(lambda mail: mail._is_put_off())
        without_keys = self.browse()
        for mail in (self - put_off).sudo().filtered("orion_piece_ids"):
            pieces = mail.orion_piece_ids._shown()
            if not pieces:
                without_keys |= mail
            elif failure_type:
                mail._note_failed(pieces, failure_reason or mail.failure_reason, failure_type)
            else:
                pieces._note_sent()
        without_keys._cancel_without_keys()
        return super(MailMail, self - put_off - without_keys)._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )

    def _put_off(self):
        """It waits in the queue a little longer. Odoo has noted it as failed, in case that its
        sending breaks off."""
        at = fields.Datetime.now() + timedelta(seconds=BUSY_SECONDS)
        self.write({"state": "outgoing", "failure_reason": False, "failure_type": False})
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger(at=at)

    def _is_put_off(self):
        return self.state == "outgoing" and bool(self.sudo().orion_piece_ids)

    def _cancel_without_keys(self):
        """They must not leave any more: all their keys were refunded or replaced, or are sent
        elsewhere."""
        if self:
            self.write({"state": "cancel", "failure_reason": False, "failure_type": False})

    @api.model
    def _cancel_elsewhere(self, pieces, address):
        """Keys are sent to another address from now on: what has not left yet for a former one
        does not leave any more."""
        self.search(
            [
                ("orion_piece_ids", "in", pieces.ids),
                ("state", "in", ("outgoing", "exception")),
                ("orion_key_recipient", "!=", address),
            ]
        )._cancel_without_keys()

    def _check_places(self, pieces):
        """:raise UserError: when an e-mail would tell of keys that do not stand in it"""
        missing = pieces._without_place(self.sudo().body_html)
        if missing:
            told = missing.order_id[:1]._orion_for_reader().env
            raise UserError(
                told._(
                    "The e-mail has no place for the key of %(product)s, so it was not sent. Reset "
                    "the template “Digital Keys: Delivery”, or give it back the elements with "
                    "data-orion-piece; then send the keys again from their order.",
                    product=missing[0].with_env(told).product_id.display_name,
                )
            )

    def _check_key_recipient(self):
        """:raise UserError: when somebody has changed to whom the e-mail goes"""
        mail = self.sudo()
        if mail.email_cc or mail.recipient_ids or mail.email_to != mail.orion_key_recipient:
            raise UserError(
                self.env._(
                    "The recipients of an e-mail with keys were changed: it is not sent. Send the "
                    "keys again from their order."
                )
            )
