"""What requests brought about."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ..http.json_value import JsonObject


@dataclass(slots=True)
class Effects:
    """Counts since the last reset.

    :param bought: orders by the customer's reference.
    :param pieces: pieces by the customer's reference.
    """

    bought: Counter[str] = field(default_factory=Counter)
    pieces: Counter[str] = field(default_factory=Counter)
    cents: int = 0
    requests: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> JsonObject:
        """As the control API shows it."""
        return {
            "bought": dict(self.bought),
            "pieces": dict(self.pieces),
            "spent": self.cents / 100,
            "requests": dict(self.requests),
        }
