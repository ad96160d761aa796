"""Connections with limits: below `HttpSession`, above urllib3.

The limits of a call travel in a context variable, not in the ``timeout`` argument, because
they concern every single read from the socket, and whatever wraps `requests.Session.send`
(instrumentation, guards of test frameworks) takes ``timeout`` for a plain number.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import logging
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

Cause = Literal["dns", "refused", "timeout", "tls"]


class AddressGuard(Protocol):
    """Says which addresses may be called; raises an `OrionError` for the others."""

    def check_url(self, url: str) -> None:
        """Refuse by what the URL says: scheme, literal address."""
        ...

    def check_host(self, host: str, port: int) -> None:
        """Refuse by what the name resolves to, before a connection is made."""
        ...

    def check_peer(self, address: str) -> None:
        """Refuse by the address really connected to, before a byte is sent."""
        ...


@dataclass(frozen=True, slots=True)
class CallLimits:
    """What one call may take, and whom it may reach."""

    clock: Callable[[], float]
    deadline: float
    connect_timeout: float
    read_timeout: float
    guard: AddressGuard | None = None

    def remaining(self) -> float:
        """Seconds until the deadline; negative behind it."""
        return self.deadline - self.clock()

    def next_wait(self) -> float:
        """How long the next send or read may take.

        :raises TimeoutError: behind the deadline.
        """
        left = self.remaining()
        if left <= 0:
            raise TimeoutError("total deadline reached")
        return min(self.read_timeout, left)


_limits: ContextVar[CallLimits | None] = ContextVar("orion_call_limits", default=None)


@contextlib.contextmanager
def limited(limits: CallLimits) -> Iterator[None]:
    """Everything sent and read by `TransportAdapter` inside obeys `limits`."""
    token = _limits.set(limits)
    try:
        yield
    finally:
        _limits.reset(token)


class _QuietInsideCalls(logging.Filter):
    """urllib3 logs the whole URL, and so the secrets of its query; `HttpSession` logs instead."""

    def filter(self, record: logging.LogRecord) -> bool:
        return _limits.get() is None


for _name in ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry"):
    logging.getLogger(_name).addFilter(_QuietInsideCalls())


class ConnectFailed(NewConnectionError):
    """No connection: not one byte of the request has left."""

    def __init__(self, connection: Any, cause: Cause) -> None:
        super().__init__(connection, f"no connection ({cause})")
        self.cause: Cause = cause


class _LimitedReader(io.RawIOBase):
    """Reads a socket, each time with what is left of the call's time.

    A timeout per read alone would let a server that sends one byte now and then, in the
    headers too, hold a worker for ever.
    """

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, limits: CallLimits) -> None:
        super().__init__()
        self._raw = raw
        self._sock = sock
        self._limits = limits

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._limits.next_wait())
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _LimitedAnswer(http.client.HTTPResponse):
    def __init__(
        self,
        sock: socket.socket,
        debuglevel: int = 0,
        method: str | None = None,
        url: str | None = None,
    ) -> None:
        super().__init__(sock, debuglevel=debuglevel, method=method, url=url)
        limits = _limits.get()
        if limits is not None:
            reader = _LimitedReader(self.fp.detach(), sock, limits)
            self.fp = io.BufferedReader(reader)


def _connect(connection: Any, connect: Callable[[], Any]) -> None:
    """Call `connect`; whatever goes wrong becomes `ConnectFailed`, without its traceback."""
    cause: Cause
    try:
        connect()
    except ConnectFailed:
        raise
    except NewConnectionError as exc:
        is_dns = isinstance(exc.__context__, socket.gaierror)
        cause = "dns" if is_dns else "refused"
    except (ConnectTimeoutError, TimeoutError):
        cause = "timeout"
    except UnicodeError:
        cause = "dns"
    except (ssl.SSLError, HTTPError, ValueError):
        cause = "tls"
    except OSError:
        cause = "refused"
    else:
        return
    raise ConnectFailed(connection, cause)


def _guarded_socket(connection: Any, open_socket: Callable[[], Any]) -> Any:
    limits = _limits.get()
    if limits is None or limits.guard is None:
        return open_socket()
    limits.guard.check_host(connection.host, connection.port)
    sock = open_socket()
    try:
        # Names may resolve differently now: what counts is the address behind the socket.
        limits.guard.check_peer(str(sock.getpeername()[0]))
    except BaseException:
        sock.close()
        raise
    return sock


def _set_send_timeout(connection: Any) -> None:
    limits = _limits.get()
    if limits is not None and connection.sock is not None:
        connection.sock.settimeout(limits.next_wait())


class _Limited:
    """What a connection does beside urllib3's own: obeys the limits of the call."""

    response_class: Any = _LimitedAnswer

    def _new_conn(self) -> Any:
        return _guarded_socket(self, super()._new_conn)  # type: ignore[misc]  # urllib3's own

    def connect(self) -> None:
        _connect(self, super().connect)  # type: ignore[misc]  # urllib3's own
        _set_send_timeout(self)

    def send(self, data: Any) -> None:
        _set_send_timeout(self)
        super().send(data)  # type: ignore[misc]  # urllib3's own


class _Connection(_Limited, HTTPConnection):
    pass


class _TlsConnection(_Limited, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


_POOLS = {"http": _Pool, "https": _TlsPool}


class TransportAdapter(HTTPAdapter):
    """Keeps connections open between calls, repeats nothing, and obeys `limited`."""

    def __init__(self) -> None:
        super().__init__(pool_connections=4, pool_maxsize=4, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Open connections that obey `limited`."""
        super().init_poolmanager(*args, **kwargs)  # type: ignore[no-untyped-call]  # stubs
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Obey `limited` through a proxy too."""
        # the stubs of requests leave this method untyped
        manager = super().proxy_manager_for(proxy, **kwargs)  # type: ignore[no-untyped-call]
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send once, with the time that is left of the call."""
        limits = _limits.get()
        if limits is not None:
            wait = limits.next_wait()
            timeout = (min(limits.connect_timeout, wait), wait)
        return super().send(request, stream, timeout, verify, cert, proxies)


class TransportSession(requests.Session):
    """A session that leaves redirects, cookies and passwords from ``.netrc`` alone."""

    def __init__(self) -> None:
        super().__init__()
        for prefix in ("https://", "http://"):
            self.mount(prefix, TransportAdapter())

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: reading a redirect's body without limit is what requests does with one."""
