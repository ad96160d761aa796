"""Fetch URLs that people typed, without lending them the server's place in the network."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Mapping
from typing import IO, Any, ClassVar
from urllib.parse import parse_qsl, unquote, urlsplit

from .errors import Rejected
from .http_session import HttpResponse, HttpSession
from .sentence import Sentences

_lt = Sentences(__name__)
#: Largest feed, image or label that is fetched, unless the caller says otherwise.
FETCH_MAX_BYTES = 100 * 1024 * 1024
FETCH_SECONDS = 120.0

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class UnsafeUrl(Rejected):
    """The URL leads to an address that may not be called."""

    code: ClassVar[str] = "unsafe_url"


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet.

    False for private, loopback, link-local, multicast, reserved and unspecified ones, also
    where IPv6 only wraps them (mapped, 6to4, Teredo, NAT64), and for what is no IP address.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        return _is_public_ipv6(parsed)
    return _is_plain_public(parsed)


def _is_public_ipv6(address: ipaddress.IPv6Address) -> bool:
    if address.ipv4_mapped is not None:
        return _is_plain_public(address.ipv4_mapped)
    if address in _NAT64:
        # What hosts without IPv4 call the rest of the internet.
        return _is_plain_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    tunnels = [address.sixtofour] if address.sixtofour else list(address.teredo or ())
    return (
        _is_plain_public(address)
        and not address.is_site_local
        and all(_is_plain_public(each) for each in tunnels)
    )


def _is_plain_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address.is_global and not (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
    )


class PublicAddresses:
    """Guard for `HttpSession`: http and https only, and only to public addresses.

    Asked before each request and redirect, when a name was resolved, and once more with the
    address of the open connection: a name that resolves differently a moment later gains
    nothing.

    :param allow_private: Settings allow addresses of the own network.
    :param resolve: `socket.getaddrinfo`, or one like it.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        resolve: Callable[..., list[Any]] = socket.getaddrinfo,
    ) -> None:
        self._allow_private = allow_private
        self._resolve = resolve

    def check_url(self, url: str) -> None:
        """:raises UnsafeUrl: other scheme, no host, or a literal address that is not public."""
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
        except ValueError:
            host = ""
        if not host or parts.scheme not in ("http", "https"):
            raise UnsafeUrl(_lt("Only addresses that start with http:// or https:// are fetched."))
        try:
            ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            return
        self.check_peer(host)

    def check_host(self, host: str, port: int) -> None:
        """:raises UnsafeUrl: when one of the addresses of `host` is not public."""
        try:
            entries = self._resolve(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            # Unknown names are told by connecting.
            return
        for entry in entries:
            self.check_peer(str(entry[4][0]))

    def check_peer(self, address: str) -> None:
        """:raises UnsafeUrl: when `address` is not public."""
        if not self._allow_private and not is_public(address):
            raise UnsafeUrl(
                _lt(
                    "The address leads into a private network, which is not fetched. A manager can "
                    "allow it in the settings."
                )
            )


def fetch_url(
    url: str,
    *,
    allow_private: bool = False,
    max_bytes: int = FETCH_MAX_BYTES,
    timeout: float = FETCH_SECONDS,
    headers: Mapping[str, str] | None = None,
    accept: frozenset[int] = frozenset(),
    user_agent: str = "Orion",
    target: IO[bytes] | None = None,
    cut: bool = False,
) -> HttpResponse:
    """GET a URL that a person typed, following at most five redirects.

    :param accept: statuses beside 2xx to return, such as 304 for a conditional GET.
    :param target: file that takes the body as it comes, instead of memory.
    :param cut: beyond `max_bytes` the beginning is enough, and no error.
    :raises UnsafeUrl: it leads, at once or by a redirect, to what may not be called.
    :raises OrionError: as `HttpSession.request`.
    """
    http = HttpSession(
        guard=PublicAddresses(allow_private=allow_private),
        total_deadline=timeout,
        max_bytes=max_bytes,
        secrets=url_secrets(url),
        user_agent=user_agent,
    )
    try:
        return http.request(
            "GET", url.strip(), headers=headers, accept=accept, target=target, cut=cut
        )
    finally:
        http.close()


def url_secrets(url: str) -> tuple[str, ...]:
    """What may be secret in a URL: user, password, and the values of its query."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ()
    values = [parts.username or "", parts.password or ""]
    values += [value for _name, value in parse_qsl(parts.query)]
    return tuple({form for value in values for form in (value, unquote(value)) if form})
