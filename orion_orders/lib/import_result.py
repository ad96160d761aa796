"""What came of importing orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Counts of one page, or of several added up.

    :param errors: one JSON-able dict per order that failed: ``external_id``, ``message``.
    """

    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0
    errors: tuple[Mapping[str, Any], ...] = ()

    def __add__(self, other: ImportResult) -> ImportResult:
        return ImportResult(
            self.imported + other.imported,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.failed + other.failed,
            self.errors + other.errors,
        )

    @property
    def processed(self) -> int:
        """Orders looked at."""
        return self.imported + self.updated + self.unchanged + self.failed

    @property
    def counts(self) -> dict[str, int]:
        """The counters as they stand in logs and answers."""
        return {
            "orders_imported": self.imported,
            "orders_updated": self.updated,
            "orders_unchanged": self.unchanged,
            "orders_failed": self.failed,
        }
