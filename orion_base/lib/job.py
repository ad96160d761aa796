"""What a recurring job and the engine say to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class JobStep:
    """One piece of a job, small enough for one transaction and about five seconds.

    A job is a generator of steps. The engine commits after each one, adds the numbers to
    the run's log, keeps ``state``, and stops asking for more when time is up; the next
    run calls the job with the kept state.

    :param processed: records looked at in this step.
    :param succeeded: of these, how many went well (changed or not).
    :param failed: of these, how many failed.
    :param counts: further counters, summed over the run (``orders_imported`` …).
    :param errors: one JSON-able dict per failed record, with a ``message``.
    :param state: JSON to resume behind this step; None keeps the former state.
    :param total: how many records there will be, when known: makes a progress bar.
    """

    processed: int = 0
    succeeded: int = 0
    failed: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    errors: tuple[Mapping[str, Any], ...] = ()
    state: Mapping[str, Any] | None = None
    total: int | None = None


#: Ends the transaction and counts for nothing: yielded by a job that has read its settings and
#: is about to fetch something.
PAUSE = JobStep()
