"""What an adapter gets in order to talk to its marketplace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .http_session import HttpSession
from .rate_limit import MemoryRateLimiter, RateLimiter


@dataclass(frozen=True, slots=True)
class ChannelConnection:
    """Endpoint, secrets and HTTP session of one channel.

    :param secrets: plain secrets by name (``api_key`` …); never shown by ``repr``.
    :param limiter: counts calls together with all other processes that call the marketplace.
    :param settings: JSON-able settings of the channel addon (page size, language …).
    """

    endpoint: str
    secrets: Mapping[str, str] = field(repr=False)
    http: HttpSession = field(repr=False)
    settings: Mapping[str, Any] = field(default_factory=dict)
    limiter: RateLimiter = field(default_factory=MemoryRateLimiter, repr=False)
