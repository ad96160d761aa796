from contextlib import contextmanager
from unittest.mock import patch

from odoo import fields
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.orion_base.engine import wake
from odoo.addons.orion_base.engine.outbox_store import OutboxStore
from odoo.addons.orion_base.engine.watch import WATCH_LOCK
from odoo.addons.orion_base.engine.worker import LINGER_SECONDS, Worker
from odoo.addons.orion_base.lib.errors import HostUnreachable, RateLimited, UnknownOutcome

from .common import EngineCase


class FakeTime:
    """Passes while a worker sleeps."""

    def __init__(self):
        self.now = 0.0

    def clock(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


@tagged("post_install", "-at_install")
class TestWatch(EngineCase):
    """Idle workers rest; one of them waits for what becomes due within seconds."""

    def run_slot(self):
        """What the scheduled action does; answers how long the worker stayed awake."""
        time = FakeTime()

        def make(registry):
            return Worker(registry, clock=time.clock, sleep=time.sleep)

        with (
            self.enter_registry_test_mode(),
            patch.object(
                self.env.registry["ir.cron"], "_commit_progress", lambda cron, done=0: 10.0
            ),
            patch("odoo.addons.orion_base.models.orion_engine.Worker", make),
            patch.object(wake, "THROTTLE_SECONDS", 0.0),
        ):
            self.env["orion.engine"]._run_worker()
        return time.now

    def triggers(self):
        slots = self.env["orion.engine"]._worker_slots()
        return self.env["ir.cron.trigger"].search_count([("cron_id", "in", slots.ids)])

    @contextmanager
    def somebody_watches(self):
        with db_connect(self.env.cr.dbname).cursor() as other:
            other.execute("SELECT pg_advisory_xact_lock(%s)", (WATCH_LOCK,))
            yield

    def plan(self, channel, seconds):
        """The channel's calls pause, and one is planned."""
        self.enqueue(f"paused {channel.id}", channel=channel)
        self.adapter.script = [RateLimited("slow down", retry_after=seconds)]
        self.work(steps=1)

    # === resting === #

    def assert_rests(self):
        before = self.triggers()
        self.assertEqual(self.run_slot(), LINGER_SECONDS)
        self.assertEqual(self.triggers(), before)

    def test_rests_while_a_person_must_settle(self):
        operation = self.enqueue("a", verb="test_manual")
        self.adapter.script = [UnknownOutcome("timeout")]
        self.work()
        self.assertEqual(operation.status, "unknown")
        self.assert_rests()

    def test_rests_while_operations_wait_behind_another(self):
        _first, second = self.enqueue("1", "2", ordering="so,1", verb="test_manual")
        self.adapter.script = [UnknownOutcome("timeout")]
        self.work()
        second.sudo().next_attempt_at = fields.Datetime.now()
        self.env.flush_all()
        self.assert_rests()
        self.assertEqual(second.status, "pending")

    def test_does_not_rest_while_an_outcome_can_be_asked_for(self):
        operation = self.enqueue("a")
        self.adapter.script = [UnknownOutcome("timeout")]
        self.work(steps=1)
        self.assertEqual(operation.status, "unknown")
        self.end_pause()
        self.run_slot()
        self.assertEqual(operation.status, "completed")

    # === watching === #

    def test_one_stays_awake_for_what_is_planned_soon(self):
        self.plan(self.channel, 12)
        before = self.triggers()
        self.assertEqual(self.run_slot(), 10)
        self.assertEqual(self.triggers(), before + 1)

    def test_the_others_rest(self):
        self.plan(self.channel, 12)
        with self.somebody_watches():
            self.assert_rests()

    def test_what_is_planned_later_is_left_to_a_trigger(self):
        self.plan(self.channel, 300)
        before = self.triggers()
        with self.somebody_watches():
            self.assertEqual(self.run_slot(), LINGER_SECONDS)
        self.assertEqual(self.triggers(), before + 1)

    def test_the_watch_ends_with_the_run(self):
        self.plan(self.channel, 12)
        self.run_slot()
        with db_connect(self.env.cr.dbname).cursor() as other:
            other.execute("SELECT pg_try_advisory_xact_lock(%s)", (WATCH_LOCK,))
            self.assertEqual(other.fetchone(), (True,))

    def test_who_found_the_watch_taken_comes_back_when_it_is_free(self):
        self.plan(self.channel, 12)
        before = self.triggers()
        with patch.object(Worker, "_keep_watch", lambda worker: False):
            self.assertEqual(self.run_slot(), LINGER_SECONDS)
        self.assertEqual(self.triggers(), before + 1)

    # === calling others === #

    def test_who_begins_to_work_calls_others_for_what_is_planned_elsewhere(self):
        self.plan(self.channel, 12)
        self.enqueue("now", channel=self.channel_2)
        self.env.flush_all()
        before = self.triggers()
        with self.somebody_watches():
            self.run_slot()
        self.assertEqual(self.triggers(), before + 4)

    def test_who_leaves_the_watch_in_order_to_work_calls_others(self):
        self.plan(self.channel, 12)
        self.enqueue("first", channel=self.channel_2)
        self.env.flush_all()
        original = Worker._keep_watch

        def watch_then_work(worker):
            kept = original(worker)
            if "later" not in self.adapter.sent():
                self.enqueue("later", channel=self.channel_2)
                self.env.flush_all()
            return kept

        before = self.triggers()
        with patch.object(Worker, "_keep_watch", watch_then_work):
            self.run_slot()
        # all four are called each time, and who watches at the end calls itself
        self.assertEqual(self.triggers(), before + 4 + 4 + 1)

    def test_who_has_all_there_is_calls_nobody(self):
        self.enqueue("only")
        self.env.flush_all()
        before = self.triggers()
        self.run_slot()
        self.assertEqual(self.adapter.sent(), ["only"])
        self.assertEqual(self.triggers(), before)

    @mute_logger("odoo.addons.orion_base.engine.worker")
    def test_broken_channel_is_taken_up_a_minute_later(self):
        self.enqueue("bad")
        self.env.flush_all()
        before = self.env["ir.cron.trigger"].search([])
        with patch.object(OutboxStore, "recover", side_effect=ZeroDivisionError):
            self.assertEqual(self.run_slot(), LINGER_SECONDS)
        trigger = self.env["ir.cron.trigger"].search([]) - before
        wait = (trigger.call_at - fields.Datetime.now()).total_seconds()
        self.assertTrue(50 <= wait <= 60, wait)

    def test_probe_comes_at_its_time(self):
        self.enqueue("a")
        self.adapter.script = [HostUnreachable("away")]
        self.work(steps=1)
        self.assertEqual(self.adapter.sent(), ["a"])
        self.end_pause()
        self.run_slot()
        self.assertEqual(self.adapter.sent(), ["a", "a"])
