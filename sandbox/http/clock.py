"""A clock that tests can set."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone


class Clock:
    """Runs like the real clock, but from a time that can be set, and can be stopped."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._offset = timedelta(0)
        self._frozen: datetime | None = None

    def now(self) -> datetime:
        """The time, in UTC."""
        with self._lock:
            return self._frozen or datetime.now(timezone.utc) + self._offset

    def set(self, moment: datetime, *, freeze: bool = False) -> None:
        """Go on from `moment`, or stand still there.

        :param moment: aware.
        """
        with self._lock:
            self._offset = moment - datetime.now(timezone.utc)
            self._frozen = moment.astimezone(timezone.utc) if freeze else None

    def advance(self, seconds: float) -> None:
        """Jump ahead; a clock that stands still goes on standing."""
        with self._lock:
            step = timedelta(seconds=seconds)
            self._offset += step
            if self._frozen is not None:
                self._frozen += step

    def reset(self) -> None:
        """Be the real time again."""
        with self._lock:
            self._offset = timedelta(0)
            self._frozen = None
