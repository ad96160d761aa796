"""What came of publishing rows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PublishResult:
    """Counts of rows.

    :param published: new on the channel
    :param updated: of these published before, those whose source had changed
    :param unchanged: nothing had changed
    :param clashed: not published, for the reason that stands on the row
    """

    published: int = 0
    updated: int = 0
    unchanged: int = 0
    clashed: int = 0

    def __add__(self, other: PublishResult) -> PublishResult:
        return PublishResult(
            self.published + other.published,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.clashed + other.clashed,
        )

    @property
    def total(self) -> int:
        """All rows."""
        return self.published + self.updated + self.unchanged + self.clashed
