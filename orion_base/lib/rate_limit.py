"""How often a marketplace may be asked, by all who share a limiter."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate of calls. Within any `seconds` there are at most `burst + per_second * seconds`.

    :param per_second: calls in the long run.
    :param burst: calls at once after a pause.
    """

    per_second: float
    burst: float = 1.0

    def __post_init__(self) -> None:
        if self.per_second <= 0 or self.burst < 1:
            raise ValueError("a rate needs calls a second above 0, and a burst of one call")

    @property
    def interval(self) -> float:
        """Seconds between two calls in the long run."""
        return 1 / self.per_second

    @property
    def tolerance(self) -> float:
        """Seconds of calls that may be made ahead of their time."""
        return (self.burst - 1) * self.interval


class RateLimiter(Protocol):
    """Counts calls by name: who shares the limiter shares the rate of each name."""

    def reserve(self, name: str, rate: Rate, patience: float) -> float:
        """Take the next turn, when it comes within `patience` seconds; else nothing is taken.

        :param name: what is counted; holds no secret.
        :param rate: always the same for a name.
        :return: seconds until the turn. More than `patience`: there is none; ask again then.
        """
        ...


class MemoryRateLimiter:
    """For one process; safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._taken_until: dict[str, float] = {}

    def reserve(self, name: str, rate: Rate, patience: float) -> float:
        """See `RateLimiter`."""
        with self._lock:
            now = self._clock()
            taken_until = max(now, self._taken_until.get(name, now))
            wait = max(0.0, taken_until - rate.tolerance - now)
            if wait <= patience:
                self._taken_until[name] = taken_until + rate.interval
            return wait


@dataclass(frozen=True, slots=True)
class Turns:
    """One rate of a limiter."""

    limiter: RateLimiter
    name: str
    rate: Rate

    def reserve(self, patience: float) -> float:
        """See `RateLimiter.reserve`."""
        return self.limiter.reserve(self.name, self.rate, patience)
