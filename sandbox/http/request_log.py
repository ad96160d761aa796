"""The requests received."""

from __future__ import annotations

import threading
import time
from collections import deque

from .json_value import JsonObject
from .log_entry import LogEntry
from .request import Request

#: How many requests are kept.
KEPT = 5000
#: Headers that carry secrets.
SECRET = frozenset({"authorization", "proxy-authorization", "cookie", "x-api-key"})


class RequestLog:
    """Keeps the newest requests, and how many of one key were under way at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries: deque[LogEntry] = deque(maxlen=KEPT)
            self._count = 0
            self._under_way: dict[str, int] = {}
            self.most_at_once: dict[str, int] = {}

    def begin(self, request: Request, key: str) -> LogEntry:
        """Note a request that has come."""
        headers = {name: text for name, text in request.headers.items() if name not in SECRET}
        with self._lock:
            self._count += 1
            entry = LogEntry(
                self._count, time.monotonic(), request.method, request.path, key, headers=headers
            )
            self._entries.append(entry)
            under_way = self._under_way.get(key, 0) + 1
            self._under_way[key] = under_way
            self.most_at_once[key] = max(under_way, self.most_at_once.get(key, 0))
            return entry

    def end(self, entry: LogEntry) -> None:
        """Note that a request was answered."""
        with self._lock:
            entry.seconds = time.monotonic() - entry.at
            self._under_way[entry.key] = max(0, self._under_way.get(entry.key, 0) - 1)

    def as_json(self, operation: str | None = None, last: int | None = None) -> list[JsonObject]:
        """The entries, oldest first.

        :param operation: only requests of this operation.
        :param last: only so many of the newest.
        """
        with self._lock:
            entries = [
                entry
                for entry in self._entries
                if operation is None or operation in entry.operations
            ]
        return [entry.as_json() for entry in (entries[-last:] if last else entries)]
