"""Asking a supplier for many things, of which some cannot be answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from odoo.addons.orion_base.lib.errors import OrionError, Rejected, UnknownOutcome

from .keys_adapter import Buyer, FraudScore, Quote

#: So many questions in a row without an answer: the supplier is in trouble, not what was asked.
MOST_IN_A_ROW = 3

Key = TypeVar("Key")
Value = TypeVar("Value")


class Asked(Protocol):
    """The part of a `KeysAdapter` that is asked before anything is bought."""

    def quote(self, external_ids: Sequence[str]) -> Mapping[str, Quote]:
        """See `KeysAdapter`."""
        ...

    def assess(self, buyer: Buyer) -> FraudScore | None:
        """See `KeysAdapter`."""
        ...


@dataclass(slots=True)
class Answers(Generic[Key, Value]):
    """What was answered, each by what was asked for.

    :param errors: why there is no answer to these.
    :param stopped: the error after which nothing more was asked; what is in neither was not asked.
    """

    values: dict[Key, Value] = field(default_factory=dict)
    errors: dict[Key, OrionError] = field(default_factory=dict)
    stopped: OrionError | None = None

    def covers(self, key: Key) -> bool:
        """Whether this was answered, or was not asked because it need not be."""
        return self.stopped is None or key in self.values


def ask_quotes(adapter: Asked, external_ids: Sequence[str]) -> Answers[str, Quote | None]:
    """Today's offers, None for what the supplier does not sell. All at once; where that fails, one
    by one, so that a product in trouble is nobody else's.

    :raises RetryLater: the supplier cannot be asked now
    :raises Unauthorised: its key was refused
    """
    if not external_ids:
        return Answers()
    try:
        found = adapter.quote(external_ids)
    except (Rejected, UnknownOutcome) as error:
        if len(external_ids) == 1:
            return Answers(errors={external_ids[0]: error})
        return _one_by_one(external_ids, lambda one: adapter.quote([one]).get(one))
    return Answers({one: found.get(one) for one in external_ids})


def ask_scores(adapter: Asked, buyers: Mapping[int, Buyer]) -> Answers[int, FraudScore | None]:
    """The risk of buyers, by the id of their order; None where the supplier cannot say.

    :raises RetryLater: the supplier cannot be asked now
    :raises Unauthorised: its key was refused
    """
    return _one_by_one(buyers, lambda order_id: adapter.assess(buyers[order_id]))


def _one_by_one(keys: Iterable[Key], ask: Callable[[Key], Value]) -> Answers[Key, Value]:
    answers: Answers[Key, Value] = Answers()
    in_a_row = 0
    for key in keys:
        error = _ask_one(answers, key, ask)
        in_a_row = in_a_row + 1 if isinstance(error, UnknownOutcome) else 0
        if in_a_row == MOST_IN_A_ROW:
            answers.stopped = error
            break
    return answers


def _ask_one(
    answers: Answers[Key, Value], key: Key, ask: Callable[[Key], Value]
) -> OrionError | None:
    """Note the answer, or the error, which is returned."""
    try:
        answers.values[key] = ask(key)
    except (Rejected, UnknownOutcome) as error:
        answers.errors[key] = error
        return error
    return None
