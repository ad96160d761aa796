"""What resolving many exceptions, or undoing it, has done."""

from __future__ import annotations

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

    def __add__(self, other: ResolveResult) -> ResolveResult:
        return ResolveResult(
            self.resolved | other.resolved,
            self.orders_released | other.orders_released,
            self.aliases | other.aliases,
            self.skipped + other.skipped,
        )

    @property
    def reasons(self) -> list[str]:
        """Why exceptions were skipped, each sentence once, in order."""
        return _sentences(self.skipped)


@dataclass(frozen=True, slots=True)
class UndoResult:
    """Outcome of `orion.order.exception._undo_many` and `_reopen_many`.

    :param waiting: the exceptions that wait again, as was asked
    :param followed: others that wait again, because only what these had taught resolved them
    :param skipped: `((exception, sentence that says why), …)` of those left as they are, and of
        those that would have followed
    :param confirmed: orders that came in with what is forgotten now, and are confirmed already
    """

    waiting: Any
    followed: Any = ()
    skipped: tuple[tuple[Any, str], ...] = ()
    confirmed: Any = ()

    @property
    def reasons(self) -> list[str]:
        """Why exceptions were skipped, each sentence once, in order."""
        return _sentences(self.skipped)


def _sentences(skipped: tuple[tuple[Any, str], ...]) -> list[str]:
    return list(dict.fromkeys(sentence for _exception, sentence in skipped))
