"""What an HTTP answer, or the lack of one, means: the typed error for it."""

from __future__ import annotations

import email.utils
import html
import http.client
import re
import ssl
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    LocationParseError,
    NewConnectionError,
)

from .errors import (
    Forbidden,
    HostUnreachable,
    InvalidAnswer,
    OrionError,
    RateLimited,
    Rejected,
    ServiceUnavailable,
    Unauthorised,
    UnknownOutcome,
)
from .http_transport import Cause, ConnectFailed
from .redaction import Redactor
from .sentence import Sentence, Sentences

_lt = Sentences(__name__)

#: Longest part of a refusing answer that is kept.
SNIPPET_LENGTH = 200

_SCRIPT = re.compile(r"<(script|style|head)\b.*?(?:</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>?")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f]+")

_UNREACHABLE: dict[Cause, Sentence] = {
    "dns": _lt("The host name %(host)s is not known. Check the address."),
    "refused": _lt("%(host)s cannot be reached: it accepts no connection."),
    "timeout": _lt("%(host)s cannot be reached: connecting took too long."),
    "tls": _lt("No secure connection to %(host)s: its certificate or encryption was refused."),
}


def snippet(body: bytes, redact: Redactor) -> str:
    """A short plain text of `body` for a log: without tags, control characters and secrets."""
    # Redacted before it is cut, so that no half of a secret stays at the end.
    text = body[: SNIPPET_LENGTH * 40].decode("utf-8", errors="replace")
    text = _TAG.sub(" ", _SCRIPT.sub(" ", redact(text)))
    # What was escaped once may be a tag now.
    text = _TAG.sub(" ", redact(html.unescape(text)))
    text = _SPACE.sub(" ", text).strip()
    return text if len(text) <= SNIPPET_LENGTH else f"{text[: SNIPPET_LENGTH - 1]}…"


def retry_after(value: str | None, now: Callable[[], datetime]) -> float | None:
    """Seconds a ``Retry-After`` header asks for (a number or an HTTP date), never negative."""
    text = (value or "").strip()
    if not text:
        return None
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", text):
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return max(0.0, (moment - now()).total_seconds())


def error_of_status(
    status: int,
    headers: Mapping[str, str],
    text: str,
    *,
    host: str,
    now: Callable[[], datetime],
    details: Mapping[str, Any],
) -> OrionError:
    """The error for an answer that is neither 2xx nor accepted by the caller.

    :param text: `snippet` of the body.
    """
    facts = {**details, "status": status}
    # Who refuses a key may repeat it, in whatever spelling.
    if text and status not in (401, 403):
        facts["snippet"] = text
    wait = retry_after(headers.get("Retry-After"), now)
    if status == 401:
        return Unauthorised(_lt("%(host)s refused the key.", host=host), details=facts)
    if status == 403:
        message = _lt("The key lacks the right to do this at %(host)s.", host=host)
        return Forbidden(message, details=facts)
    if status == 429:
        message = _lt("%(host)s asks for fewer calls.", host=host)
        return RateLimited(message, retry_after=wait, details=facts)
    if status == 503:
        message = _lt("%(host)s does not serve at the moment.", host=host)
        return ServiceUnavailable(message, retry_after=wait, details=facts)
    if status == 408 or status >= 500:
        message = _lt(
            "%(host)s failed (HTTP %(status)s); what was asked may have happened.",
            host=host,
            status=status,
        )
        return UnknownOutcome(message, details=facts)
    if 300 <= status < 400:
        message = _lt(
            "%(host)s redirects elsewhere (HTTP %(status)s). Check the address.",
            host=host,
            status=status,
        )
        return Rejected(message, details=facts)
    message = _lt("%(host)s refused the request (HTTP %(status)s).", host=host, status=status)
    return Rejected(message, details=facts)


def error_of_exception(exc: BaseException, *, host: str, details: Mapping[str, Any]) -> OrionError:
    """The error for a request that got no answer.

    `HostUnreachable` only where it is proved that no byte of the request has left: the
    connection was never made. All else is `UnknownOutcome`, also when a kept-alive
    connection turns out dead: urllib3 takes no connection from its pool that is known to be
    closed, so when one breaks during the call the operating system had taken our bytes, and
    the other side may have acted on them before it closed.
    """
    if isinstance(exc, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return Rejected(_lt("The address is not a valid web address."), details=details)
    if isinstance(exc, requests.exceptions.MissingSchema | LocationParseError):
        return Rejected(_lt("The address lacks https:// at its start."), details=details)
    root = _root(exc)
    cause = _cause_of_no_connection(exc, root)
    if cause is not None:
        message = _UNREACHABLE[cause].fill(host=host)
        return HostUnreachable(message, details={**details, "cause": cause})
    facts = {**details, "cause": type(root).__name__}
    if isinstance(root, http.client.HTTPException) and not isinstance(
        root, http.client.RemoteDisconnected | http.client.IncompleteRead
    ):
        return InvalidAnswer(_lt("%(host)s does not answer in HTTP.", host=host), details=facts)
    if isinstance(exc, requests.exceptions.Timeout) or "Timeout" in facts["cause"]:
        message = _lt(
            "%(host)s did not answer in time; what was asked may have happened.", host=host
        )
        return UnknownOutcome(message, details=facts)
    message = _lt("The connection to %(host)s broke; what was asked may have happened.", host=host)
    return UnknownOutcome(message, details=facts)


def _cause_of_no_connection(exc: BaseException, root: BaseException) -> Cause | None:
    if isinstance(root, ConnectFailed):
        return root.cause
    if isinstance(root, ssl.SSLCertVerificationError):
        return "tls"
    if isinstance(root, NewConnectionError):
        return "refused"
    if isinstance(exc, requests.exceptions.ConnectTimeout) or isinstance(root, ConnectTimeoutError):
        return "timeout"
    return None


def _root(exc: BaseException) -> BaseException:
    """The error that requests and urllib3 have wrapped, several times over."""
    for _depth in range(10):
        candidates = (
            getattr(exc, "reason", None),
            getattr(exc, "original_error", None),
            *exc.args,
        )
        inner = next((item for item in candidates if isinstance(item, BaseException)), None)
        if inner is None or isinstance(exc, ConnectFailed):
            return exc
        exc = inner
    return exc
