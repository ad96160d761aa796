"""What the outbox and an adapter say to each other."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from .errors import OrionError


class Repeat(enum.Enum):
    """How an operation with unknown outcome is settled."""

    #: Absolute values (tracking, stock): sent again with today's value.
    REPEATABLE = "repeatable"
    #: The adapter can ask the marketplace what is true.
    RECONCILABLE = "reconcilable"
    #: Neither: a person decides.
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Verb:
    """A kind of operation.

    :param name: value of ``orion.operation.operation``.
    :param role: adapter role that sends it (``orders``, ``stock`` …).
    :param repeat: how an unknown outcome is settled.
    :param batch_size: most operations of one channel that go in one request.
    :param settle_seconds: how long after the request's deadline the marketplace may
        still change its answer; reconciling waits that long.
    :param guarded: the suite is asked before each sending whether it still may be sent.
    :param refreshed: the suite is asked before each sending for today's payload, so that what
        waited, or is sent again, is true when it leaves.
    """

    name: str
    role: str
    repeat: Repeat
    batch_size: int = 1
    settle_seconds: float = 10.0
    guarded: bool = False
    refreshed: bool = False


@dataclass(frozen=True, slots=True)
class OperationRequest:
    """One operation as the adapter sees it.

    :param reference: idempotency key, unique in the database.
    :param payload: JSON written when the operation was created.
    :param sent_at: aware UTC time of the last sending, for reconciling.
    """

    reference: str
    verb: str
    payload: Mapping[str, Any]
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OperationResult:
    """The outcome of one operation: completed when ``error`` is None.

    :param response: JSON kept on the operation; what its local consequence needs.
    """

    reference: str
    response: Mapping[str, Any] = field(default_factory=dict)
    error: OrionError | None = None


class OutboxAdapter(Protocol):
    """What every role that takes operations offers to the outbox.

    An adapter that takes fewer operations a request than its verbs allow says so in an
    attribute ``batch_size``. One that calls another host than the channel's endpoint has an
    attribute ``elsewhere`` that is true: what it sends goes on while the channel is paused, and
    its trouble pauses nothing else.

    Both methods answer one result per request, in any order. An `OrionError` raised
    instead of returned counts for every request of the call.
    """

    def send(self, verb: str, requests: Sequence[OperationRequest]) -> Sequence[OperationResult]:
        """Tell the marketplace."""
        ...

    def reconcile(
        self, verb: str, requests: Sequence[OperationRequest]
    ) -> Sequence[OperationResult]:
        """Ask the marketplace what is true. `NotHappened` means: send again."""
        ...
