"""When a label that could not be fetched is fetched again."""

from __future__ import annotations

from odoo.addons.orion_base.lib.backoff import Backoff
from odoo.addons.orion_base.lib.errors import OrionError, RetryLater, UnknownOutcome

#: Times that a label is fetched again by itself; then a person has to ask for it.
MOST_RETRIES = 10
#: The first wait is a minute or two, the last ones some hours: half a day in all.
WAITS = Backoff(base=120.0, cap=4 * 3600.0)


def seconds_to_retry(error: OrionError, retries: int, waits: Backoff = WAITS) -> float | None:
    """How long to wait before the next try; None where trying again changes nothing, or was
    tried often enough.

    :param retries: how often it was fetched again already.
    """
    if retries >= MOST_RETRIES or not isinstance(error, (RetryLater, UnknownOutcome)):
        return None
    asked_for = error.retry_after if isinstance(error, RetryLater) else None
    return max(waits.probe_interval(retries + 1), asked_for or 0.0)
