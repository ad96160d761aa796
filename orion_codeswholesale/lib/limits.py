"""How often CodesWholesale may be asked, by what its support has told."""

from __future__ import annotations

import time
from collections.abc import Callable

from odoo.addons.orion_base.lib.errors import RateLimited
from odoo.addons.orion_base.lib.rate_limit import Rate, RateLimiter
from odoo.addons.orion_base.lib.sentence import Sentences

from .account import Account

_lt = Sentences(__name__)

TOKEN, LIST, SINGLE = "token", "list", "single"
#: Requests and seconds, by kind of request.
LIMITS: dict[str, tuple[int, float]] = {
    TOKEN: (50, 300.0),
    LIST: (400, 600.0),
    SINGLE: (600, 300.0),
}
#: A call waits for its turn so long; what takes longer is left to the next run.
PATIENCE_SECONDS = 4.0
#: Shares of a limit: what may be asked at once, which is what a sync needs as a rule, and what
#: comes on top within its seconds. The rest is for calls that take long to arrive.
BURST, STEADY = 0.5, 0.45


def rate_of(most: int, seconds: float) -> Rate:
    """A rate that never has more than `most` calls in any `seconds`."""
    return Rate(most * STEADY / seconds, max(1.0, most * BURST))


class Limits:
    """Keeps one account to its limits, together with all who share the limiter."""

    def __init__(
        self,
        limiter: RateLimiter,
        account: Account,
        endpoint: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._limiter = limiter
        self._account = account.name_at(endpoint)
        # tokens are counted by the address that asks, whatever account it asks for
        self._address = Account("", "").name_at(endpoint)
        self._sleep = sleep

    def wait(self, kind: str) -> None:
        """Wait for the turn of a request; of a kind without a limit it has come.

        :raises RateLimited: when that takes too long.
        """
        if kind not in LIMITS:
            return
        counted = self._address if kind == TOKEN else self._account
        rate = rate_of(*LIMITS[kind])
        wait = self._limiter.reserve(f"codeswholesale:{kind}:{counted}", rate, PATIENCE_SECONDS)
        if wait > PATIENCE_SECONDS:
            raise RateLimited(
                _lt("CodesWholesale is asked as often as it allows; the rest follows later."),
                retry_after=wait,
            )
        if wait:
            self._sleep(wait)
