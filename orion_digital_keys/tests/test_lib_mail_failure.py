import smtplib
import ssl
import unittest

from odoo.addons.orion_base.lib.backoff import Backoff
from odoo.addons.orion_digital_keys.lib.mail_failure import (
    MOST_RETRIES,
    MailFailure,
    judge,
    seconds_to_retry,
)


def wrapped(error):
    """As Odoo raises it: another error, while this one is handled."""
    outer = ValueError("Mail Delivery Failed")
    outer.__context__ = error
    return outer


class TestJudge(unittest.TestCase):
    def test_what_the_mail_server_said(self):
        for code, expected in (
            (421, "passing"),
            (451, "passing"),
            (550, "lasting"),
            (535, "lasting"),
        ):
            for error in (
                smtplib.SMTPDataError(code, b"said"),
                smtplib.SMTPConnectError(code, b"said"),
                smtplib.SMTPRecipientsRefused({"a@example.com": (code, b"said")}),
            ):
                self.assertEqual(judge(wrapped(error)).value, expected, error)
                self.assertEqual(judge(error, is_connecting=True).value, expected, error)

    def test_one_recipient_who_is_refused_for_good_is_enough(self):
        refused = {"a@example.com": (451, b"later"), "b@example.com": (550, b"no")}
        self.assertEqual(judge(smtplib.SMTPRecipientsRefused(refused)), MailFailure.LASTING)

    def test_a_broken_connection_tells_nothing_once_something_was_handed_over(self):
        for error in (TimeoutError(), ConnectionResetError(), smtplib.SMTPServerDisconnected()):
            self.assertEqual(judge(wrapped(error)), MailFailure.UNKNOWN)
            self.assertEqual(judge(error, is_connecting=True), MailFailure.PASSING)

    def test_what_waiting_does_not_mend_is_told_at_once(self):
        for error in (ssl.SSLCertVerificationError("expired"), smtplib.SMTPNotSupportedError()):
            self.assertEqual(judge(wrapped(error), is_connecting=True), MailFailure.LASTING)

    def test_the_rest_stays_wrong(self):
        self.assertEqual(judge(None), MailFailure.LASTING)
        self.assertEqual(
            judge(AssertionError("no sender"), is_connecting=True), MailFailure.LASTING
        )

    def test_a_circle_of_causes_ends(self):
        first, second = ValueError(), ValueError()
        first.__cause__, second.__cause__ = second, first
        self.assertEqual(judge(first), MailFailure.LASTING)

    def test_later_and_later_and_then_no_more(self):
        waits = Backoff(base=120.0, cap=4 * 3600.0, rand=lambda: 0.0)
        seconds = [seconds_to_retry(retries, waits) for retries in range(MOST_RETRIES + 1)]
        self.assertEqual(seconds[:3], [60.0, 120.0, 240.0])
        self.assertEqual((seconds[-2], seconds[-1]), (7200.0, None))
