"""How many pieces of a product there are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Level:
    """One quantity that was taken.

    :param at: when, in seconds of the machine's wall clock.
    """

    sku: str
    quantity: int
    version: int
    at: float
