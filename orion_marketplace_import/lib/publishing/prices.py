"""Prices of a feed, which are gross, as Odoo keeps them; and the store's own rules."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal

_CENT = Decimal("0.01")
_LAST_DAY = datetime(9999, 12, 30, tzinfo=timezone.utc)


def list_price(gross: Decimal, excluded_percent: Decimal, digits: int) -> Decimal:
    """The price without the taxes that are added on top of it.

    :param excluded_percent: sum of the rates that the price does not include
    """
    step = Decimal(1).scaleb(-digits)
    net = gross / (1 + excluded_percent / 100)
    return net.quantize(step, rounding=ROUND_HALF_UP)


def with_margin(
    price: Decimal, margin_percent: Decimal, surcharge: Decimal, rounding: Decimal
) -> Decimal:
    """A price by a store's rule, never negative.

    :param rounding: the result is a multiple of it, such as 0.05; zero: to the cent
    """
    result = price * (1 + margin_percent / 100) + surcharge
    step = rounding if rounding > 0 else _CENT
    steps = (result / step).to_integral_value(rounding=ROUND_HALF_UP)
    return max(Decimal(0), steps * step).quantize(_CENT, rounding=ROUND_HALF_UP)


def is_on_offer(period: str, now: datetime) -> bool:
    """Whether a sale price holds.

    :param period: Google's `sale_price_effective_date`: two moments of ISO 8601 with a slash
        between them, UTC where they do not say it; a day ends with its last second. Where it is
        empty or no such period, the price holds.
    :param now: with its zone
    """
    moments = _moments(period)
    if moments is None:
        return True
    begins, ends = moments
    return begins <= now < ends


def next_turn(period: str, now: datetime) -> datetime | None:
    """When a sale price next begins or ends to hold, in UTC; None: it stays as it is.

    :param period: and `now`: as of `is_on_offer`
    """
    moments = _moments(period)
    if moments is None or moments[0] >= moments[1]:
        return None
    turn = next((moment for moment in moments if moment > now), None)
    try:
        return turn and turn.astimezone(timezone.utc)
    except OverflowError:
        return None


def _moments(period: str) -> tuple[datetime, datetime] | None:
    """Begin and end; None where it is no period."""
    start, _slash, end = (part.strip() for part in period.partition("/"))
    try:
        begins, ends = _moment(start), _moment(end)
    except ValueError:
        return None
    if "T" not in end:
        # the year 9999 stands for ever
        ends = min(ends, _LAST_DAY) + timedelta(days=1)
    return begins, ends


def _moment(text: str) -> datetime:
    """:raise ValueError: it is none"""
    # Python 3.10 reads zones with a colon only
    text = re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", re.sub("Z$", "+00:00", text))
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
