"""What resolving many exceptions has done."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ResolveResult:
    """Outcome of `orion.order.exception._resolve_many`.

    :param resolved: the exceptions whose lines have their product now
    :param skipped: `((exception, sentence that says why), …)` of those left as they are
    :param orders_released: orders whose last open exception this was
    :param aliases: aliases that were made or changed
    """

    resolved: Any
    orders_released: Any
    aliases: Any
    skipped: tuple[tuple[Any, str], ...] = ()
