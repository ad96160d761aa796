"""Health metrics and what makes them healthy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

#: Rates over fewer events than this say nothing.
LEAST_EVENTS = 20


@dataclass(frozen=True, slots=True)
class Metric:
    """One measured number beside its threshold.

    :param value: None when there is no data, which is healthy.
    """

    value: float | None
    threshold: float
    ok: bool

    @classmethod
    def at_most(cls, value: float | None, threshold: float) -> Metric:
        """Healthy up to and including `threshold`."""
        return cls(value, threshold, value is None or value <= threshold)

    @classmethod
    def at_least(cls, value: float | None, threshold: float) -> Metric:
        """Healthy from `threshold` upwards."""
        return cls(value, threshold, value is None or value >= threshold)

    @classmethod
    def worst(cls, metrics: Iterable[Metric], default_threshold: float) -> Metric:
        """The one nearest to or furthest beyond its own threshold; no data when there is none."""
        measured = [metric for metric in metrics if metric.value is not None]
        if not measured:
            return cls(None, default_threshold, True)
        return max(measured, key=lambda metric: (metric.value or 0.0) / metric.threshold)

    def as_dict(self) -> dict[str, float | bool]:
        """JSON-able; an absent value is False."""
        value = False if self.value is None else self.value
        return {"value": value, "threshold": self.threshold, "ok": self.ok}


def rate(part: int, total: int) -> float | None:
    """`part` of `total`, or None where there are too few events to say."""
    if total < LEAST_EVENTS:
        return None
    return round(part / total, 4)


@dataclass(frozen=True, slots=True)
class JobHistory:
    """What is known of a recurring job; times are naive UTC.

    :param last_success_at: end of the last run that reached the marketplace.
    :param first_attempt_at: start of the oldest run known.
    :param last_run_ok: whether the newest run went well; True when there was none.
    """

    interval: timedelta
    next_run_at: datetime | None = None
    last_success_at: datetime | None = None
    first_attempt_at: datetime | None = None
    last_run_ok: bool = True

    def lag(self, now: datetime) -> float | None:
        """Seconds since the last success, or since when there should have been one.

        A schedule that was paused starts anew when it is resumed: while its newest run is
        a good one, only being overdue counts.
        """
        known = [self.last_success_at]
        if self.last_run_ok and self.next_run_at is not None:
            known.append(self.next_run_at - self.interval)
        times = [time for time in known if time is not None]
        if not times and self.first_attempt_at is not None:
            times = [self.first_attempt_at]
        if not times:
            return None
        return max(0.0, round((now - max(times)).total_seconds(), 1))

    def threshold(self, floor: timedelta) -> float:
        """The larger of `floor` and twice the schedule's own interval, in seconds."""
        return max(floor, 2 * self.interval).total_seconds()
