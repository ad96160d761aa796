"""The quantities that were told."""

from __future__ import annotations

import threading
import time

from .level import Level


class StockBook:
    """Keeps the newest quantity of each product, and everything that was ever taken."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._levels: dict[str, Level] = {}
        self._history: list[Level] = []
        self.stale = 0

    def take(self, sku: str, quantity: int, version: int = 0, as_of: float = 0.0) -> bool:
        """Take a quantity; False for one that is older than what is there."""
        with self._lock:
            known = self._levels.get(sku)
            if known is not None and version and version < known.version:
                self.stale += 1
                return False
            level = Level(sku, quantity, version, time.time(), as_of)
            self._levels[sku] = level
            self._history.append(level)
            return True

    def quantities(self) -> dict[str, int]:
        """Pieces by SKU."""
        with self._lock:
            return {sku: level.quantity for sku, level in self._levels.items()}

    def history(self) -> list[Level]:
        """Everything that was taken, oldest first."""
        with self._lock:
            return list(self._history)

    def tamper(self, sku: str, quantity: int) -> None:
        """Other hands change a quantity, as in the marketplace's own screen."""
        with self._lock:
            known = self._levels.get(sku)
            version = known.version if known else 0
            self._levels[sku] = Level(sku, quantity, version, time.time())

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._levels.clear()
            self._history.clear()
            self.stale = 0
