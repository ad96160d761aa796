"""How many pieces of a product there are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Level:
    """One quantity that was taken.

    :param at: when, in seconds of the machine's wall clock.
    :param as_of: when the client looked at its stock, where it says so.
    """

    sku: str
    quantity: int
    version: int
    at: float
    as_of: float = 0.0
