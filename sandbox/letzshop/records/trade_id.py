"""A number that identifies an article in trade."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TradeId:
    """A number as the merchant's feed gave it, and the parser that accepted it."""

    number: str | None
    parser: str | None
