"""What happened to one piece."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class UnitEffects:
    """Counts of decisions that took effect, and of attempts that came too late.

    :param duplicates: decisions on a piece that was already decided.
    :param by_hand: effects of other hands, as in Letzshop's own screen.
    """

    confirmed: int = 0
    refused: int = 0
    returned: int = 0
    duplicates: int = 0
    by_hand: int = 0
