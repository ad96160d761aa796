"""What becomes of an operation, decided by the type of the error alone."""

from dataclasses import dataclass, replace
from typing import Any

from ..lib.backoff import Backoff
from ..lib.errors import (
    InvalidAnswer,
    NotHappened,
    Rejected,
    RetryLater,
    Unauthorised,
    UnknownOutcome,
)
from ..lib.outbox import Repeat

#: Statuses after which nothing is sent any more.
CLOSED = ("completed", "failed", "cancelled")

#: Waits between two tries of one operation, in seconds.
RETRY = Backoff(base=5.0, cap=3600.0)

#: So often an operation is asked about, or sent again because it did not happen, before a person
#: is told; about ten minutes. It goes on behind that, ever less often.
VAIN_LOOKS = 7

#: Answers of gateways, which say nothing about the request.
GATEWAY_STATUSES = frozenset({408, 502, 504, *range(520, 531)})


@dataclass(frozen=True, slots=True)
class Decision:
    """What is written on the operation; `delay` in seconds from now.

    :param tell: a person has to be told that the outcome stays unknown, if none was yet
    """

    status: str
    attempts: int
    deferrals: int = 0
    delay: float = 0.0
    response: dict[str, Any] | None = None
    error_code: str | None = None
    error_message: str | None = None
    error_sentence: dict[str, Any] | None = None
    tell: bool = False


def decide(verb, claimed, result):
    """The outcome of sending."""
    error = result.error
    if error is None:
        return Decision("completed", claimed.attempts, response=dict(result.response))
    if isinstance(error, Unauthorised):
        # nothing happened; the circuit keeps it from being tried until the key changes
        return _wait(claimed, error, "pending", delay=0.0)
    if isinstance(error, RetryLater):
        return _wait(claimed, error, "pending", delay=error.retry_after)
    if isinstance(error, UnknownOutcome):
        if verb.repeat is Repeat.MANUAL:
            return replace(_failed(claimed, error, "unknown"), tell=True)
        attempts = claimed.attempts + _is_own_answer(error)
        if attempts >= claimed.max_attempts and verb.repeat is Repeat.REPEATABLE:
            return _failed(claimed, error, "failed")
        decision = _wait(claimed, error, "unknown", delay=verb.settle_seconds, attempts=attempts)
        return decision if verb.repeat is Repeat.REPEATABLE else _tell(decision)
    if isinstance(error, Rejected):
        return _failed(claimed, error, "failed", result.response)
    return _count(claimed, error)


def decide_reconciled(verb, claimed, result):
    """The outcome of asking the marketplace what is true."""
    error = result.error
    if error is None:
        return Decision("completed", claimed.attempts, response=dict(result.response))
    if isinstance(error, NotHappened):
        if claimed.attempts >= claimed.max_attempts:
            return _failed(claimed, error, "failed")
        # what does not happen time after time is left more and more time
        delay = 0.0 if claimed.deferrals < VAIN_LOOKS else None
        return _wait(claimed, error, "pending", delay=delay)
    if isinstance(error, Rejected):
        return _failed(claimed, error, "failed", result.response)
    # asking failed, for whatever reason: still unknown
    return _tell(_wait(claimed, error, "unknown", delay=getattr(error, "retry_after", None)))


def needs_person(verb, status, deferrals):
    """Whether the outcome of an operation is not known, and will not show without a person."""
    if status != "unknown" or verb is None:
        return False
    return verb.repeat is Repeat.MANUAL or (
        verb.repeat is Repeat.RECONCILABLE and deferrals >= VAIN_LOOKS
    )


def _is_own_answer(error):
    """1 when the service itself answered, and nobody can tell what: a fault (500), a refusal
    without words, a reference that it has had before (208). That repeats for a poisonous request.
    What gateways answer, timeouts and resets say nothing about the request."""
    status = error.details.get("status")
    if status is None:
        # an answer that was read and not understood; faults of the connection name their cause
        return int(isinstance(error, InvalidAnswer) and "cause" not in error.details)
    return int(status not in GATEWAY_STATUSES)


def _tell(decision):
    return replace(decision, tell=decision.deferrals >= VAIN_LOOKS)


def _wait(claimed, error, status, delay, attempts=None):
    if delay is None:
        delay = RETRY.probe_interval(claimed.deferrals + 1)
    return Decision(
        status,
        claimed.attempts if attempts is None else attempts,
        deferrals=claimed.deferrals + 1,
        delay=delay,
        error_code=error.code,
        error_message=error.message,
        error_sentence=error.sentence,
    )


def _failed(claimed, error, status, response=None):
    """:param response: what is true at the marketplace all the same, such as the pieces of
    an order of which only some were accepted."""
    return Decision(
        status,
        claimed.attempts + 1,
        response=dict(response) if response else None,
        error_code=error.code,
        error_message=error.message,
        error_sentence=error.sentence,
    )


def _count(claimed, error):
    """An error that fits no decision: tried again until the attempts are used up."""
    attempts = claimed.attempts + 1
    if attempts >= claimed.max_attempts:
        return _failed(claimed, error, "failed")
    return _wait(claimed, error, "pending", delay=None, attempts=attempts)
