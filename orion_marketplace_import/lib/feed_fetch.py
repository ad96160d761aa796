"""Who fetches a feed, and whether the whole of it arrived."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

#: Sent by browsers only, and by all of them over HTTPS.
_BROWSERS_ONLY = "Sec-Fetch-Mode"
_LONGEST_AGENT = 120
#: Bits of an address that tell the network it is in, and nobody's own place there.
_NETWORK_BITS = {4: 24, 6: 48}


@dataclass(frozen=True, slots=True)
class FeedClient:
    """Who asks for a feed, as far as it is kept.

    :param agent: what it calls itself; may be empty
    :param network: its address without the end
    """

    agent: str
    network: str

    @classmethod
    def of(cls, headers: Mapping[str, str], address: str | None) -> FeedClient:
        """:param address: IP address of the caller"""
        agent = " ".join((headers.get("User-Agent") or "").split())
        return cls(agent[:_LONGEST_AGENT], network_of(address or ""))


def network_of(address: str) -> str:
    """`192.0.2.0/24` of `192.0.2.77`; empty where it is no address."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ipaddress.ip_network((found, _NETWORK_BITS[found.version]), strict=False))


def is_browser(headers: Mapping[str, str]) -> bool:
    """Whether a person has opened the address; marketplaces fetch it by programs."""
    return _BROWSERS_ONLY in headers


def told_at_the_end(chunks: Iterable[bytes], note: Callable[[], None]) -> Iterator[bytes]:
    """Hand the chunks on, and call `note` once the last one was taken. Who hangs up before that
    closes the iterator, and nothing is noted."""
    yield from chunks
    note()
