"""An e-mail with keys that failed is sent again, or somebody is asked: never two of one."""

import smtplib
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import MailDeliveryException
from odoo.addons.orion_digital_keys.lib.mail_failure import MOST_RETRIES
from odoo.addons.orion_digital_keys.models import mail_mail_retry

from .mail_common import KeyMailCase

MAILS = "odoo.addons.mail.models.mail_mail"


@tagged("post_install", "-at_install")
class TestKeyMailRetry(KeyMailCase):
    def setUp(self):
        super().setUp()
        self.add_keys(1)
        self.sale = self.delivered()
        self.mail = self.queued(self.sale)
        self.piece = self.sale.orion_piece_ids

    def queue_meets(self, error, method="send_email"):
        """The queue tries to send, and meets an error."""

        raised = error
        if method == "send_email" and not isinstance(error, smtplib.SMTPServerDisconnected):
            # as Odoo raises it, while it handles what `smtplib` has raised
            raised = MailDeliveryException("Mail Delivery Failed", str(error))
            raised.__context__ = error
        server = type(self.env["ir.mail_server"])
        with (
            self.mock_mail_gateway(),
            mute_logger(MAILS),
            patch.object(server, method, side_effect=raised),
        ):
            self.env["mail.mail"].process_email_queue()
        self.env.flush_all()

    def time_comes(self):
        self.mail.scheduled_date = fields.Datetime.now() - timedelta(seconds=1)

    def test_what_passes_is_sent_once_its_time_has_come(self):
        for number, (error, method) in enumerate(
            (
                (ConnectionRefusedError("connection refused"), "_connect__"),
                (smtplib.SMTPDataError(451, b"come back later"), "send_email"),
            ),
            start=1,
        ):
            self.queue_meets(error, method)
            self.assertEqual((self.mail.state, self.mail.orion_retry_count), ("outgoing", number))
            self.assertGreater(self.mail.scheduled_date, fields.Datetime.now())
            self.assertFalse(self.piece.mail_problem or self.sale.activity_ids)
            self.assertIn("Sent again by itself at", self.sale.orion_delayed_key_reason)
            with self.mock_mail_gateway():
                self.env["mail.mail"].process_email_queue()
            self.assertFalse(self._mails, "not before its time")
            self.time_comes()
        self.assertEqual(len(self.send(self.sale)), 1)
        self.assertFalse(self.piece.mail_delay)
        self.assertEqual(self.sale.orion_status, "fulfilled")

    def test_a_trigger_wakes_the_queue(self):
        self.queue_meets(ConnectionRefusedError("connection refused"), "_connect__")
        cron = self.env.ref("mail.ir_cron_mail_scheduler_action")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertIn(self.mail.scheduled_date, triggers.mapped("call_at"))

    def test_not_for_ever(self):
        waits = []
        for _ in range(MOST_RETRIES):
            self.queue_meets(ConnectionRefusedError("connection refused"), "_connect__")
            waits.append(self.mail.scheduled_date - fields.Datetime.now())
            self.time_comes()
        self.assertGreater(waits[-1], 8 * waits[0])
        self.queue_meets(ConnectionRefusedError("connection refused"), "_connect__")
        self.assertEqual(self.mail.state, "exception")
        self.assertIn("connection refused", self.piece.mail_problem)
        self.assertIn("Send Keys Again", self.sale.activity_ids.note)
        self.assertFalse(self.piece.mail_delay)

    def test_what_is_refused_for_good_is_a_persons(self):
        self.queue_meets(smtplib.SMTPDataError(550, b"no such user"))
        self.assertEqual((self.mail.state, self.mail.orion_retry_count), ("exception", 0))
        self.assertIn("could not be sent", self.sale.activity_ids.note)

    def test_what_may_have_left_is_not_sent_again(self):
        self.queue_meets(TimeoutError("timed out"))
        self.assertEqual((self.mail.state, self.mail.orion_retry_count), ("exception", 0))
        self.assertIn("It may have left", self.sale.activity_ids.note)

    def test_where_the_connection_broke_off_somebody_is_asked(self):
        with mute_logger(MAILS):
            self.queue_meets(smtplib.SMTPServerDisconnected("connection unexpectedly closed"))
        self.assertEqual(self.mail.state, "exception")
        self.assertFalse(self.sale.activity_ids, "Odoo told nobody")
        self.env["orion.digital.piece"]._cron_try_again()
        self.assertIn("It may have left", self.sale.activity_ids.note)
        self.assertTrue(self.piece.mail_problem)
        self.sale.activity_ids.unlink()
        self.env["orion.digital.piece"]._cron_try_again()
        self.assertFalse(self.sale.activity_ids, "asked once")

    def test_who_sends_again_by_hand_sends_one(self):
        self.queue_meets(ConnectionRefusedError("connection refused"), "_connect__")
        self.sale.with_user(self.manager).orion_resend_keys()
        self.assertFalse(self.piece.mail_delay)
        self.assertEqual(self.mail.state, "cancel")
        self.assertEqual(len(self.send(self.sale)), 1)

    def test_another_key_leaves_in_one_email(self):
        """The e-mail that waits to be sent again has places by piece: it would hold the new key."""
        self.add_keys(2)
        self.queue_meets(ConnectionRefusedError("connection refused"), "_connect__")
        self.piece.with_user(self.manager).replace_key(reason="Broken")
        self.work()
        self.assertEqual(self.mail.state, "cancel")
        self.time_comes()
        self.assertEqual(len(self.send(self.sale)), 1)

    def test_what_else_an_email_holds_still_leaves(self):
        self.add_keys(4)
        sale = self.delivered(quantity=2)
        mail = self.queued(sale)
        first, second = sale.orion_piece_ids
        first.with_user(self.manager).replace_key(reason="Broken")
        self.work()
        self.assertEqual((mail.state, mail.orion_piece_ids), ("outgoing", second))
        self.assertEqual(len(self.queued(sale)), 2)

    def test_pieces_that_somebody_works_on_fail_no_run_of_the_queue(self):
        with patch.object(mail_mail_retry, "hold_free_rows", return_value=self.piece.browse()):
            self.queue_meets(ConnectionRefusedError("connection refused"), "_connect__")
        self.assertEqual((self.mail.state, self.mail.orion_retry_count), ("outgoing", 0))
        self.assertFalse(self.piece.mail_problem or self.piece.mail_delay)
