"""What a failed attempt to send an e-mail means, and when the next one is due."""

from __future__ import annotations

import enum
import smtplib
import ssl
from collections.abc import Iterable, Iterator

from odoo.addons.orion_base.lib.backoff import Backoff

#: Times that an e-mail is sent again by itself; then a person has to see to it.
MOST_RETRIES = 8
#: The first wait is a minute or two, the last ones some hours: half a day in all.
WAITS = Backoff(base=120.0, cap=4 * 3600.0)


class MailFailure(enum.Enum):
    """What is known of an e-mail that failed."""

    #: It has not left, and the mail server may take it later.
    PASSING = "passing"
    #: It has not left, and will not as it is.
    LASTING = "lasting"
    #: It may have left: the connection broke while it was handed over.
    UNKNOWN = "unknown"


def judge(error: BaseException | None, *, is_connecting: bool = False) -> MailFailure:
    """What a failure means.

    :param error: what was raised; None where nothing was (no valid recipient, say).
    :param is_connecting: it was raised before any e-mail was handed over.
    """
    for one in _causes(error):
        if isinstance(one, smtplib.SMTPRecipientsRefused):
            return _of_codes(code for code, _said in one.recipients.values())
        if isinstance(one, smtplib.SMTPResponseException):
            return _of_codes([one.smtp_code])
        if isinstance(one, ssl.SSLCertVerificationError | smtplib.SMTPNotSupportedError):
            # the settings are wrong, or a certificate has expired: waiting mends neither
            return MailFailure.LASTING
        if isinstance(one, OSError):
            return MailFailure.PASSING if is_connecting else MailFailure.UNKNOWN
    return MailFailure.LASTING


def seconds_to_retry(retries: int, waits: Backoff = WAITS) -> float | None:
    """How long to wait before the next try of what passes; None when it was tried often enough.

    :param retries: how often it was sent again already.
    """
    return None if retries >= MOST_RETRIES else waits.probe_interval(retries + 1)


def _of_codes(codes: Iterable[int]) -> MailFailure:
    """By the replies of the mail server: 4xx is for now, 5xx for good."""
    passes = all(400 <= code < 500 for code in codes)
    return MailFailure.PASSING if passes else MailFailure.LASTING


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and what it was raised because of."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
