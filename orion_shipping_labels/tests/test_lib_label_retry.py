import unittest

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.orion_base.lib.backoff import Backoff
from odoo.addons.orion_base.lib.errors import (
    HostUnreachable,
    InvalidAnswer,
    NotHappened,
    RateLimited,
    Rejected,
    Unauthorised,
    UnknownOutcome,
)
from odoo.addons.orion_shipping_labels.lib.label_retry import (
    MOST_RETRIES,
    WAITS,
    seconds_to_retry,
)


class TestSecondsToRetry(unittest.TestCase):
    def test_only_what_may_pass(self):
        for error in (HostUnreachable("x"), UnknownOutcome("x"), InvalidAnswer("x")):
            self.assertGreaterEqual(seconds_to_retry(error, 0), WAITS.base / 2)
        for error in (Rejected("x"), Unauthorised("x"), NotHappened("x")):
            self.assertIsNone(seconds_to_retry(error, 0))

    def test_not_for_ever(self):
        self.assertIsNotNone(seconds_to_retry(UnknownOutcome("x"), MOST_RETRIES - 1))
        self.assertIsNone(seconds_to_retry(UnknownOutcome("x"), MOST_RETRIES))

    def test_never_before_the_carrier_said(self):
        self.assertEqual(seconds_to_retry(RateLimited("x", retry_after=86400.0), 0), 86400.0)
        self.assertGreaterEqual(seconds_to_retry(RateLimited("x", retry_after=1.0), 0), 60.0)

    @given(st.floats(0, 0.999), st.integers(0, MOST_RETRIES - 2))
    def test_each_wait_is_longer_up_to_the_longest(self, chance, retries):
        waits = Backoff(base=WAITS.base, cap=WAITS.cap, rand=lambda: chance)
        error = UnknownOutcome("x")
        wait, following = (seconds_to_retry(error, retries + more, waits) for more in (0, 1))
        if waits.ceiling(retries + 1) == waits.cap:
            self.assertEqual(following, wait)
        else:
            self.assertGreater(following, wait)
        self.assertLessEqual(following, waits.cap)
