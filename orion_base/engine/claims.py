"""What a worker holds of the outbox while it sends."""

import time
from dataclasses import dataclass, field

from ..lib.outbox import OperationRequest, Verb
from .decisions import Decision


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claimed operation: the row and what the adapter gets of it."""

    id: int
    attempts: int
    max_attempts: int
    deferrals: int
    elsewhere: bool
    request: OperationRequest


@dataclass(slots=True)
class Run:
    """What becomes one line of the sync log."""

    verb: Verb
    log_id: int
    decisions: list[tuple[Claimed, Decision]] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def failures(self):
        """One entry per operation without success."""
        return [
            {
                "reference": c.request.reference,
                "code": d.error_code,
                "message": d.error_message,
                "sentence": d.error_sentence,
            }
            for c, d in self.decisions
            if d.error_code
        ]

    def status(self):
        """`success`, `partial` or `failed`."""
        failed = len(self.failures())
        if not failed:
            return "success"
        return "failed" if failed == len(self.decisions) else "partial"
