"""How many pieces a marketplace is told: the one place where the rule stands.

1. What is available is multiplied by the channel's share of it.
2. The safety stock is held back.
3. What then is at or below the out-of-stock threshold is told as 0, else as whole pieces, and at
   most the limit.
4. Zero is always told, but for products that this channel was never told above zero where it
   does not want those.

A quantity that a person has fixed stands instead of 1 to 3, up to what is available; beyond that
only where the person has said so.
"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass

#: Sums of quantities in floating point may miss a whole piece by less than this.
_TOLERANCE = 1e-6


class StockPolicy(enum.Enum):
    """What decides about one listing."""

    CHANNEL = "channel"
    OWN = "own"
    FIXED = "fixed"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class StockRule:
    """What a channel holds back, with what a listing has of its own.

    :param percent: share of the available stock, 0 to 100.
    :param safety_stock: pieces held back.
    :param threshold: at or below so many left, 0 is told.
    :param limit: most pieces told; 0 for no limit.
    :param tell_zero: whether products that were never above zero are told too.
    """

    percent: float = 100.0
    safety_stock: int = 0
    threshold: int = 0
    limit: int = 0
    tell_zero: bool = True


def quantity_to_tell(
    available: float | None, rule: StockRule, *, ever_positive: bool = False
) -> int | None:
    """Whole pieces to tell, or None where nothing is told.

    :param available: pieces that could be sold now, in the unit sold; may be negative. None
        where no stock is kept of the product: what was told before must not be sold any more.
    :param ever_positive: whether this channel was ever told more than 0.
    """
    if available is None:
        return 0 if ever_positive else None
    left = math.floor(available * rule.percent / 100.0 + _TOLERANCE) - rule.safety_stock
    quantity = 0 if left <= max(0, rule.threshold) else left
    if rule.limit:
        quantity = min(quantity, rule.limit)
    if quantity == 0 and not rule.tell_zero and not ever_positive:
        return None
    return quantity


def fixed_quantity(
    quantity: int,
    available: float | None,
    rule: StockRule,
    *,
    beyond_stock: bool = False,
    ever_positive: bool = False,
) -> int | None:
    """Whole pieces to tell where a person has set them: at most what is available.

    :param available: as of `quantity_to_tell`; None, where no stock is kept, limits nothing.
    :param beyond_stock: the person wants them told although there is less.
    """
    if available is not None and not beyond_stock:
        quantity = min(quantity, math.floor(available + _TOLERANCE))
    if quantity <= 0 and not rule.tell_zero and not ever_positive:
        return None
    return max(0, quantity)
