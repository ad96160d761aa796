"""Time in Luxembourg."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone


def local_iso(moment: datetime) -> str:
    """`moment` in ISO 8601 as the clocks in Luxembourg show it.

    Summer time by the European rule, so that no time zone database is needed.
    """
    utc = moment.astimezone(timezone.utc)
    summer = _last_sunday(utc.year, 3) <= utc < _last_sunday(utc.year, 10)
    zone = timezone(timedelta(hours=2 if summer else 1))
    return utc.astimezone(zone).isoformat(timespec="seconds")


def _last_sunday(year: int, month: int) -> datetime:
    """The last Sunday of a month with 31 days, at one o'clock UTC."""
    last = datetime(year, month, 31, 1, tzinfo=timezone.utc)
    return last - timedelta(days=(last.weekday() + 1) % 7)
