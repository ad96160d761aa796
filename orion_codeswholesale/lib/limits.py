"""How often CodesWholesale may be asked, by what its support has told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from odoo.addons.orion_base.lib.errors import RateLimited
from odoo.addons.orion_base.lib.sentence import Sentences
from odoo.addons.orion_base.lib.token_bucket import TokenBucket

_lt = Sentences(__name__)

#: Requests and seconds, by kind of request.
LIMITS: dict[str, tuple[int, float]] = {
    "token": (50, 300.0),
    "list": (400, 600.0),
    "single": (600, 300.0),
}
#: A call waits for its turn so long; what takes longer is left to the next run.
PATIENCE_SECONDS = 4.0


class Limits:
    """Keeps to the limits of one account; safe to share between threads.

    A bucket of half the requests lets through at once what a sync needs as a rule, and never more
    than the limit in any window.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._sleep = sleep
        self._buckets = {
            kind: TokenBucket(most / 2 / seconds, most / 2, clock=clock)
            for kind, (most, seconds) in LIMITS.items()
        }

    def wait(self, kind: str) -> None:
        """Wait for the turn of a request.

        :raises RateLimited: when that takes too long.
        """
        bucket = self._buckets.get(kind)
        while bucket is not None and not bucket.take():
            wait = bucket.wait_time()
            if wait > PATIENCE_SECONDS:
                raise RateLimited(
                    _lt("CodesWholesale is asked as often as it allows; the rest follows later."),
                    retry_after=wait,
                )
            self._sleep(wait)


class LimitsByAccount:
    """The limits of each account of the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, Limits] = {}

    def of(self, account: str) -> Limits:
        """Those of an account, by its fingerprint."""
        with self._lock:
            return self._known.setdefault(account, Limits())


LIMITS_BY_ACCOUNT = LimitsByAccount()
