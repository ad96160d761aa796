"""A price for a range of quantities."""

from __future__ import annotations

from dataclasses import dataclass

from ...http.json_value import JsonObject


@dataclass(frozen=True, slots=True)
class PriceBand:
    """Price of one piece, in cents, for orders of `first` to `last` pieces.

    :param last: None for no end.
    """

    first: int
    last: int | None
    cents: int

    def as_json(self) -> JsonObject:
        """As the catalogue shows it: a number of euros, without a currency."""
        return {"from": self.first, "to": self.last, "value": self.cents / 100}
