"""Rate limit towards one marketplace."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class TokenBucket:
    """Lets `rate` calls per second through, and up to `capacity` at once after a pause.

    Safe to share between threads. It starts full.
    """

    def __init__(
        self, rate: float, capacity: float = 1.0, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        if rate <= 0 or capacity < 1:
            raise ValueError("a token bucket needs a rate above 0 and room for one token")
        self.rate = rate
        self.capacity = capacity
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens = float(capacity)
        self._filled_at = clock()

    def take(self) -> bool:
        """Take one token; False, and nothing taken, when there is none."""
        with self._lock:
            self._fill()
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True

    def wait_time(self) -> float:
        """Seconds until a token will be there; 0.0 when one is."""
        with self._lock:
            self._fill()
            return max(0.0, (1 - self._tokens) / self.rate)

    def _fill(self) -> None:
        now = self._clock()
        # A clock set back gives no tokens and takes none.
        passed = max(0.0, now - self._filled_at)
        self._filled_at = now
        tokens = min(self.capacity, self._tokens + passed * self.rate)
        # Waiting exactly `wait_time` must do: rounding may leave it a hair below one.
        self._tokens = 1.0 if 1 - 1e-9 < tokens < 1 else tokens
