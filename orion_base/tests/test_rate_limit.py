import random
from contextlib import ExitStack
from datetime import datetime, timedelta
from unittest.mock import patch

from psycopg2 import OperationalError

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from odoo.addons.orion_base.adapters import open_adapter_with
from odoo.addons.orion_base.engine import circuit, rate_limit
from odoo.addons.orion_base.engine.rate_limit import DatabaseRateLimiter
from odoo.addons.orion_base.lib.errors import RetryLater
from odoo.addons.orion_base.lib.rate_limit import MemoryRateLimiter, Rate

START = datetime(2026, 11, 28, 12)


class KeepingAdapter:
    """Shows what an adapter gets."""

    def __init__(self, connection):
        self.connection = connection


@tagged("post_install", "-at_install")
class TestRateLimit(TransactionCase):
    """With a clock of the test's own; that processes share it stands in
    `tests/test_supplier_limits.py`."""

    def setUp(self):
        super().setUp()
        self.limiter = DatabaseRateLimiter(self.env.cr.dbname)
        stack = ExitStack()
        self.addCleanup(stack.close)
        stack.enter_context(self.enter_registry_test_mode())
        # put back in the end, whatever the time is then
        stack.enter_context(patch.object(rate_limit, "NOW"))
        self.set_time(0.0)

    def set_time(self, seconds):
        self.time = seconds
        rate_limit.NOW = SQL("%s::timestamp", START + timedelta(seconds=seconds))

    def reserve(self, rate, patience=0.0, name="calls"):
        return self.limiter.reserve(name, rate, patience)

    def test_it_says_what_the_one_in_memory_says(self):
        dice = random.Random(7)
        for rate in (Rate(1), Rate(2, 3), Rate(0.3, 20), Rate(50, 50)):
            memory = MemoryRateLimiter(lambda: self.time)
            name = f"{rate}"
            for _step in range(40):
                self.set_time(self.time + dice.choice((0, 0, 0.1, 1, 5)))
                patience = dice.choice((0.0, 0.5, 4.0))
                expected = memory.reserve(name, rate, patience)
                self.assertAlmostEqual(self.reserve(rate, patience, name), expected, delta=0.0011)

    def test_what_is_refused_takes_nothing_and_is_longer_than_the_patience(self):
        rate = Rate(0.1)
        self.assertEqual(self.reserve(rate), 0)
        for patience in (0.0, 4.0, 9.9999):
            self.assertGreater(self.reserve(rate, patience), patience)
        self.assertAlmostEqual(self.reserve(rate, 10.0), 10.0, places=4)

    def test_time_passes_between_the_refusal_and_the_question_how_long(self):
        rate = Rate(1)
        self.reserve(rate)
        look = self.limiter._look

        def late(*given):
            self.set_time(60)
            return look(*given)

        with patch.object(self.limiter, "_look", late):
            self.assertGreater(self.reserve(rate, 0.5), 0.5)

    def test_a_clock_that_was_set_back_stops_nobody_for_long(self):
        rate = Rate(1, 3)
        self.set_time(86400)
        self.reserve(rate)
        self.set_time(0)
        self.assertAlmostEqual(self.reserve(rate), 0, places=4)
        self.assertAlmostEqual(self.reserve(rate, 5), 1, places=4)

    def test_without_database_nothing_may_be_called_and_the_channel_is_not_to_blame(self):
        lost = OperationalError("the server closed the connection unexpectedly")
        with (
            patch.object(rate_limit, "read_committed", side_effect=lost),
            self.assertRaises(RetryLater) as caught,
        ):
            self.reserve(Rate(1))
        channel = self.env["orion.channel"].create({"name": "C", "marketplace": "storefront"})
        circuit.record(self.env.cr, channel.id, [caught.exception])
        self.assertFalse(self.env["orion.circuit"].search([("channel_id", "=", channel.id)]))

    def test_calls_of_a_channel_are_counted_for_all_servers(self):
        channel = self.env["orion.channel"].create(
            {"name": "C", "marketplace": "storefront", "requests_per_second": 2}
        )
        with patch.object(
            self.env.registry["orion.channel"], "_adapter_class", lambda *_given: KeepingAdapter
        ):
            connection = open_adapter_with(channel, "orders", {}).connection
            channel.requests_per_second = 0
            unlimited = open_adapter_with(channel, "orders", {}).connection
        self.assertIsNone(unlimited.http._turns)
        for wait in (0.0, 0.0, 0.5):
            self.assertAlmostEqual(connection.http._turns.reserve(1), wait, places=4)
        other = DatabaseRateLimiter(self.env.cr.dbname)
        self.assertAlmostEqual(other.reserve(f"channel:{channel.id}", Rate(2, 2), 2), 1, places=4)
        self.assertIsInstance(connection.limiter, DatabaseRateLimiter)

    def test_what_nobody_uses_is_forgotten(self):
        limits = self.env["orion.rate.limit"]
        self.reserve(Rate(1), name="old")
        self.reserve(Rate(1), name="new")
        limits.flush_model()
        self.env.cr.execute(
            "UPDATE orion_rate_limit SET taken_until = now() AT TIME ZONE 'UTC'"
            " - CASE name WHEN 'old' THEN interval '2 days' ELSE interval '1 hour' END"
            " WHERE name IN ('old', 'new')"
        )
        limits._gc_unused()
        self.assertEqual(limits.search([("name", "in", ("old", "new"))]).mapped("name"), ["new"])
