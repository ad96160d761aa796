"""How often may be asked."""

from __future__ import annotations

import threading
import time
from collections import deque

#: Requests and seconds, by kind of request.
LIMITS: dict[str, tuple[int, float]] = {
    "token": (50, 300.0),
    "products": (400, 600.0),
    "product": (600, 300.0),
}


class RateLimits:
    """Counts requests in sliding windows, by the machine's clock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Forget what was asked, and limits that were set."""
        with self._lock:
            self._limits = dict(LIMITS)
            self._asked: dict[str, deque[float]] = {name: deque() for name in LIMITS}
            self.refused: dict[str, int] = dict.fromkeys(LIMITS, 0)

    def set(self, operation: str, most: int, seconds: float) -> None:
        """Allow so many requests in any so many seconds."""
        if operation not in LIMITS:
            raise ValueError(f"Nothing limits {operation}.")
        with self._lock:
            self._limits[operation] = (most, seconds)

    def wait(self, operation: str) -> float:
        """Count a request; seconds until it would be allowed, 0 when it is."""
        if operation not in LIMITS:
            return 0.0
        now = time.monotonic()
        with self._lock:
            most, seconds = self._limits[operation]
            asked = self._asked[operation]
            while asked and asked[0] <= now - seconds:
                asked.popleft()
            if len(asked) < most:
                asked.append(now)
                return 0.0
            self.refused[operation] += 1
            return asked[0] + seconds - now
