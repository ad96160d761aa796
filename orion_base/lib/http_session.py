"""HTTP towards marketplaces: always limited, verified, redacted, and typed when it fails."""

from __future__ import annotations

import http.client
import json as json_module
import logging
import os
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import IO, Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.structures import CaseInsensitiveDict
from requests.utils import get_environ_proxies
from urllib3.exceptions import HTTPError

from .errors import InvalidAnswer, OrionError, RateLimited, Rejected, Unauthorised
from .http_answer import error_of_exception, error_of_status, snippet
from .http_body import read_body
from .http_transport import AddressGuard, CallLimits, TransportSession, limited
from .json_text import read_json
from .rate_limit import Turns
from .redaction import Redactor
from .sentence import Sentences

_lt = Sentences(__name__)
_logger = logging.getLogger(__name__)

#: What most APIs never exceed in one answer; feeds say their own limit.
DEFAULT_MAX_BYTES = 20 * 1024 * 1024
CORRELATION_HEADER = "X-Correlation-ID"

_ERROR_BODY = 64 * 1024
_MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: All that follows a redirect to another host: keys hide in headers of any name.
_HARMLESS_HEADERS = frozenset(
    {"accept", "accept-encoding", "accept-language", "user-agent", CORRELATION_HEADER.lower()}
)
_NO_ANSWER = (requests.RequestException, HTTPError, OSError, http.client.HTTPException)


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A 2xx answer, or one of a status the caller accepted, with its whole body."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    url: str = field(repr=False)
    elapsed_ms: int
    correlation_id: str

    def json(self) -> Any:
        """The body as JSON.

        :raises InvalidAnswer: when it is none.
        """
        try:
            return read_json(self.body)
        except (ValueError, RecursionError):
            kind = self.headers.get("Content-Type", "")[:100]
        raise InvalidAnswer(
            _lt(
                "%(host)s answered something that is not JSON. Check the address.",
                host=_host(self.url),
            ),
            details={
                "status": self.status,
                "content_type": kind,
                "correlation_id": self.correlation_id,
            },
        )


class HttpSession:
    """Calls over kept-alive connections; safe to share between threads.

    :param session: for tests; by default one of its own, which repeats nothing.
    :param total_deadline: seconds a call may take from its start to the last byte of its
        answer, waiting for the rate limit included. Looking up a name is the one thing
        that cannot be cut short.
    :param max_bytes: largest body, after decompression.
    :param turns: rate limit, shared by all calls.
    :param secrets: texts that never appear in logs and errors; see `hide`.
    :param guard: refuses addresses (see `safe_url`); with one, proxies of the
        environment are not used.
    :param ca_bundle: file of certificates to trust instead of the usual ones.
    """

    def __init__(
        self,
        *,
        session: requests.Session | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
        connect_timeout: float = 5.0,
        read_timeout: float = 30.0,
        total_deadline: float = 30.0,
        max_bytes: int = DEFAULT_MAX_BYTES,
        turns: Turns | None = None,
        secrets: Iterable[str] = (),
        user_agent: str = "Orion",
        guard: AddressGuard | None = None,
        ca_bundle: str | None = None,
    ) -> None:
        self.total_deadline = total_deadline
        self.redact = Redactor(secrets)
        self._session = session if session is not None else TransportSession()
        self._clock = clock
        self._sleep = sleep
        self._now = now
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._max_bytes = max_bytes
        self._turns = turns
        self._guard = guard
        self._defaults = {"User-Agent": user_agent, "Accept": "*/*", "Accept-Encoding": "gzip"}
        self._verify: str | bool = ca_bundle or os.environ.get("REQUESTS_CA_BUNDLE") or True
        self._proxies: dict[str, dict[str, str]] = {}

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def hide(self, *secrets: str) -> None:
        """Never show these (a token got later, say) in logs and errors."""
        self.redact.add(*secrets)

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        data: bytes | str | Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        max_bytes: int | None = None,
        timeout: float | None = None,
        accept: Collection[int] = (),
        target: IO[bytes] | None = None,
        cut: bool = False,
    ) -> HttpResponse:
        """Call once; only GET and HEAD follow redirects (at most five).

        :param timeout: seconds for the whole call, instead of `total_deadline`.
        :param accept: statuses beside 2xx that are returned instead of raised.
        :param target: file that takes the body of a good answer as it comes, instead of memory;
            what failed may have left a part in it.
        :param cut: beyond `max_bytes` the beginning is enough, and no error.
        :raises OrionError: see `http_answer.error_of_status` and `error_of_exception`.
        """
        limits = CallLimits(
            clock=self._clock,
            deadline=self._clock() + (self.total_deadline if timeout is None else timeout),
            connect_timeout=self._connect_timeout,
            read_timeout=self._read_timeout,
            guard=self._guard,
        )
        call = _Call(self, limits, self._max_bytes if max_bytes is None else max_bytes, accept)
        call.target, call.cut = target, cut
        fields = CaseInsensitiveDict[str](self._defaults)
        fields.update(headers or {})
        fields[CORRELATION_HEADER] = call.correlation_id
        body = data
        if json is not None:
            body = json_module.dumps(json, allow_nan=False, separators=(",", ":")).encode()
            fields.setdefault("Content-Type", "application/json")
        call.check(url, fields)
        self.take_turn(call.limits.remaining(), call.details)
        with limited(limits):
            return self._follow(call, method.upper(), url, fields, body, params)

    def take_turn(
        self, patience: float | None = None, details: Mapping[str, Any] | None = None
    ) -> None:
        """Wait for a turn within the rate; `request` does it itself. For calls that go another
        way than HTTP and count all the same.

        :param patience: seconds; without it, `total_deadline`.
        :param details: of the error.
        :raises RateLimited: there is no turn so soon.
        """
        if self._turns is None:
            return
        if patience is None:
            patience = self.total_deadline
        wait = self._turns.reserve(patience)
        if wait > patience:
            raise RateLimited(
                _lt("Too many calls at once: our own limit for this marketplace is reached."),
                retry_after=wait,
                details=dict(details or {}),
            )
        if wait:
            self._sleep(wait)

    def _follow(
        self,
        call: _Call,
        method: str,
        url: str,
        headers: CaseInsensitiveDict[str],
        body: Any,
        params: Mapping[str, Any] | None,
    ) -> HttpResponse:
        for _redirect in range(_MAX_REDIRECTS + 1):
            prepared = call.prepare(method, url, headers, body, params)
            response = self._send(call, prepared)
            target = response.headers.get("Location")
            if method not in ("GET", "HEAD") or response.status not in _REDIRECTS or not target:
                return call.judge(response)
            url, params = urljoin(response.url, target), None
            if _origin(url) != _origin(response.url):
                headers = CaseInsensitiveDict(
                    (name, value)
                    for name, value in headers.items()
                    if name.lower() in _HARMLESS_HEADERS
                )
            call.check(url, headers)
        raise Rejected(_lt("%(host)s redirects in circles.", host=_host(url)), details=call.details)

    def _send(self, call: _Call, prepared: requests.PreparedRequest) -> HttpResponse:
        """One request and its whole answer, whatever its status."""
        answer: requests.Response | None = None
        try:
            answer = self._session.send(
                prepared,
                stream=True,
                timeout=call.limits.next_wait(),
                verify=self._verify,
                cert=None,
                proxies=self._proxies_for(str(prepared.url)),
                allow_redirects=False,
            )
            response = call.read(prepared, answer)
            call.log(prepared, f"HTTP {response.status}, {len(response.body)} bytes")
            return response
        except OrionError as exc:
            error = exc.with_traceback(None)
            error.details = {**call.details, **error.details}
        except _NO_ANSWER as exc:
            host = _host(str(prepared.url))
            error = error_of_exception(exc, host=host, details=call.details)
            if answer is not None and answer.status_code in (401, 403, 429, 503):
                # The status says it all already, with or without the rest of the body.
                error = call.error(answer.status_code, answer.headers, b"", host)
        finally:
            if answer is not None:
                # Closes the connection unless the answer was read to its end.
                answer.close()
        call.log(prepared, f"{error.code} ({error.details.get('cause', '-')})")
        # Raised out here, where no other exception is at hand: those of requests hold the
        # request with its headers, and would travel along as the context.
        raise error

    def _proxies_for(self, url: str) -> dict[str, str]:
        if self._guard is not None:
            return {}
        if self._session.proxies:
            return dict(self._session.proxies)
        origin = str(_origin(url))
        if origin not in self._proxies:
            self._proxies[origin] = dict(get_environ_proxies(url, no_proxy=None))
        return self._proxies[origin]


class _Call:
    """One call of `HttpSession.request`."""

    def __init__(
        self, http: HttpSession, limits: CallLimits, max_bytes: int, accept: Collection[int]
    ) -> None:
        self.http = http
        self.limits = limits
        self.max_bytes = max_bytes
        self.accept = accept
        self.target: IO[bytes] | None = None
        self.cut = False
        self.correlation_id = uuid.uuid4().hex
        self.started = limits.clock()
        self.details: dict[str, Any] = {"correlation_id": self.correlation_id}

    def elapsed_ms(self) -> int:
        return round((self.limits.clock() - self.started) * 1000)

    def check(self, url: str, headers: Mapping[str, str]) -> None:
        """Refuse what cannot be sent before anything is."""
        try:
            parts = urlsplit(url)
            valid = parts.scheme in ("http", "https") and bool(parts.hostname)
            valid = valid and (parts.port is None or parts.port > 0)
        except ValueError:
            valid = False
        if not valid:
            raise Rejected(
                _lt("The address is not a valid web address; it starts with https://."),
                details=self.details,
            )
        for value in headers.values():
            if not value.isascii() or any(ord(sign) < 32 for sign in value):
                raise Unauthorised(
                    _lt(
                        "A key holds characters that no key has (blanks, line ends, letters with "
                        "accents). Enter it again."
                    ),
                    details=self.details,
                )
        if self.limits.guard is not None:
            self.limits.guard.check_url(url)

    def prepare(
        self,
        method: str,
        url: str,
        headers: CaseInsensitiveDict[str],
        body: Any,
        params: Mapping[str, Any] | None,
    ) -> requests.PreparedRequest:
        prepared = requests.PreparedRequest()
        valid = True
        try:
            prepared.prepare(method=method, url=url, headers=headers, data=body, params=params)
        except (requests.RequestException, HTTPError, UnicodeError):
            valid = False
        if not valid:
            raise Rejected(_lt("The address is not a valid web address."), details=self.details)
        return prepared

    def read(self, prepared: requests.PreparedRequest, answer: requests.Response) -> HttpResponse:
        """The whole body; of a refusing answer no more than a snippet needs."""
        is_error = not 200 <= answer.status_code < 300 and answer.status_code not in self.accept
        limit = min(self.max_bytes, _ERROR_BODY) if is_error else self.max_bytes
        target = None if is_error else self.target
        body = read_body(answer, limit, cut=is_error or self.cut, target=target)
        if body is None:
            raise InvalidAnswer(
                _lt(
                    "%(host)s sent more than %(limit)s bytes.",
                    host=_host(str(prepared.url)),
                    limit=limit,
                ),
                details={**self.details, "status": answer.status_code, "cause": "too large"},
            )
        return HttpResponse(
            status=answer.status_code,
            headers=answer.headers,
            body=body,
            url=str(prepared.url),
            elapsed_ms=self.elapsed_ms(),
            correlation_id=self.correlation_id,
        )

    def judge(self, response: HttpResponse) -> HttpResponse:
        """`response` when it is good, else raise its error."""
        if 200 <= response.status < 300 or response.status in self.accept:
            return response
        raise self.error(response.status, response.headers, response.body, _host(response.url))

    def error(self, status: int, headers: Mapping[str, str], body: bytes, host: str) -> OrionError:
        return error_of_status(
            status,
            headers,
            snippet(body, self.http.redact),
            host=host,
            now=self.http._now,
            details=self.details,
        )

    def log(self, prepared: requests.PreparedRequest, outcome: str) -> None:
        good = outcome.startswith("HTTP 2")
        level = logging.DEBUG if good else logging.INFO
        if not _logger.isEnabledFor(level):
            return
        parts = urlsplit(str(prepared.url))
        _logger.log(
            level,
            "%s %s%s: %s, %d ms, correlation id %s",
            prepared.method,
            parts.hostname,
            self.http.redact(parts.path),
            outcome,
            self.elapsed_ms(),
            self.correlation_id,
        )


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "?"
    except ValueError:
        return "?"


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, port
