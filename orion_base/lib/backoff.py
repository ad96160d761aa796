"""How long to wait before the next attempt."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Doubling waits, so that a service in trouble is not asked ever more.

    :param base: longest first wait, in seconds.
    :param cap: longest wait of all.
    :param rand: gives numbers in [0, 1), for the jitter.
    """

    base: float = 60.0
    cap: float = 3600.0
    factor: float = 2.0
    rand: Callable[[], float] = random.random

    def ceiling(self, attempt: int) -> float:
        """Longest wait after `attempt` failures (1 is the first)."""
        exponent = max(0, attempt - 1)
        try:
            return min(self.cap, self.base * self.factor**exponent)
        except OverflowError:
            return self.cap

    def delay(self, attempt: int, *, at_least: float | None = None) -> float:
        """Seconds to wait after `attempt` failures, drawn from all of 0 to `ceiling`.

        :param at_least: what the other side asked for (``Retry-After``): never less, and
            jitter on top of it, so that all those turned away do not return at once.
        """
        if at_least is not None and at_least > 0:
            return at_least + self.rand() * min(self.ceiling(attempt), at_least)
        return self.rand() * self.ceiling(attempt)

    def probe_interval(self, attempt: int) -> float:
        """Seconds until the next probe after `attempt` failed ones: half fixed, half jitter.

        It grows with each attempt and is never near zero, as a probe must be rare.
        """
        ceiling = self.ceiling(attempt)
        return ceiling / 2 + self.rand() * ceiling / 2
