"""Errors that carry the decision: what to do next is read from the type, never from the text.

===================  =====================================  ================================
type                 what is known                          what follows
===================  =====================================  ================================
RetryLater           nothing happened at the other side     send again later, uses no attempt
Rejected             the other side answered "no"           failed for good, a person looks
Unauthorised         the key was refused                    the channel's circuit opens
UnknownOutcome       the request may have arrived           reconcile, never repeat blindly
NotHappened          reconciling found no effect            send again
===================  =====================================  ================================
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from .sentence import Sentence


class OrionError(Exception):
    """Base of all typed errors.

    :param message: one sentence a merchant can read; never holds a secret or a raw body. A
        `Sentence` can be said in the reader's language.
    :param details: JSON-able facts for the log (status code, marketplace's own code …).
    """

    #: Machine-readable name, stored on operations and logs.
    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = str(message)
        self.details: dict[str, Any] = dict(details or {})
        #: What the message was made of, JSON-able; None where it is plain text.
        self.sentence = message.kept() if isinstance(message, Sentence) else None


class RetryLater(OrionError):
    """Nothing happened at the other side; the same request may be sent again.

    :param retry_after: seconds the other side asked us to wait, when it did.
    """

    code = "retry_later"

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message, details=details)
        self.retry_after = retry_after


class HostUnreachable(RetryLater):
    """No connection could be made: refused, no route, name not found, TLS refused."""

    code = "host_unreachable"


class RateLimited(RetryLater):
    """HTTP 429, or our own limit is reached for longer than the call may wait."""

    code = "rate_limited"


class ServiceUnavailable(RetryLater):
    """HTTP 503: the service says it does not serve now."""

    code = "service_unavailable"


class WrongAddress(RetryLater):
    """Something answers, but the API is not there: a redirect, 404, 405 or 410 of the one address
    that an API has. What was asked has not arrived; a page of maintenance looks the same."""

    code = "wrong_address"


class Rejected(OrionError):
    """The other side understood and refused; sending the same again changes nothing."""

    code = "rejected"


class Unauthorised(OrionError):
    """The key was refused (HTTP 401, or the API's own words for it)."""

    code = "unauthorised"


class KeyMissing(Unauthorised):
    """There is no key; nothing was asked."""


class Forbidden(Unauthorised):
    """The key is valid but lacks the right to do this (HTTP 403, or a null where data was due)."""

    code = "forbidden"


class UnknownOutcome(OrionError):
    """The request may have arrived: read timeout, reset, 500, 502, 504, cut answer."""

    code = "unknown_outcome"


class InvalidAnswer(UnknownOutcome):
    """Something answered, but not the API: HTML, broken JSON, no payload, or far too large."""

    code = "invalid_answer"


class NotHappened(OrionError):
    """Reconciling asked the other side and found that the request had no effect."""

    code = "not_happened"
