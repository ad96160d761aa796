"""What becomes of an operation, decided by the type of the error alone."""

from dataclasses import dataclass
from typing import Any

from ..lib.backoff import Backoff
from ..lib.errors import NotHappened, Rejected, RetryLater, Unauthorised, UnknownOutcome
from ..lib.outbox import Repeat

#: Statuses after which nothing is sent any more.
CLOSED = ("completed", "failed", "cancelled")

#: Waits between two tries of one operation, in seconds.
RETRY = Backoff(base=5.0, cap=3600.0)


@dataclass(frozen=True, slots=True)
class Decision:
    """What is written on the operation; `delay` in seconds from now."""

    status: str
    attempts: int
    deferrals: int = 0
    delay: float = 0.0
    response: dict[str, Any] | None = None
    error_code: str | None = None
    error_message: str | None = None
    error_sentence: dict[str, Any] | None = None


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
            return _failed(claimed, error, "unknown")
        attempts = claimed.attempts + _is_own_answer(error)
        if attempts >= claimed.max_attempts and verb.repeat is Repeat.REPEATABLE:
            return _failed(claimed, error, "failed")
        return _wait(claimed, error, "unknown", delay=verb.settle_seconds, attempts=attempts)
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
        return _wait(claimed, error, "pending", delay=0.0)
    if isinstance(error, Rejected):
        return _failed(claimed, error, "failed", result.response)
    # asking failed, for whatever reason: still unknown
    return _wait(claimed, error, "unknown", delay=getattr(error, "retry_after", None))


def _is_own_answer(error):
    """1 when the service itself answered with a fault (500, or 200 with an answer that says
    nothing), which repeats for a poisonous request; gateways' 502 and 504, timeouts and
    resets say nothing about the request."""
    return int(error.details.get("status") in (200, 500))


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
