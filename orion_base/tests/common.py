"""What the tests of the engine share: a channel whose marketplace answers from a script."""

from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from odoo.sql_db import db_connect
from odoo.tests import TransactionCase

from odoo.addons.orion_base.engine import circuit, wake
from odoo.addons.orion_base.engine.cursors import try_lock_channel
from odoo.addons.orion_base.engine.rate_limit import DatabaseRateLimiter
from odoo.addons.orion_base.engine.worker import Worker
from odoo.addons.orion_base.lib.errors import OrionError
from odoo.addons.orion_base.lib.outbox import OperationResult, Repeat, Verb
from odoo.addons.orion_base.lib.rate_limit import MemoryRateLimiter

VERBS = {
    "test_single": Verb("test_single", "orders", Repeat.RECONCILABLE, settle_seconds=0),
    "test_batch": Verb(
        "test_batch", "orders", Repeat.RECONCILABLE, batch_size=50, settle_seconds=0
    ),
    "test_absolute": Verb("test_absolute", "orders", Repeat.REPEATABLE, settle_seconds=0),
    "test_manual": Verb("test_manual", "orders", Repeat.MANUAL),
    "test_slow": Verb("test_slow", "orders", Repeat.RECONCILABLE, settle_seconds=90),
}


class ScriptedAdapter:
    """Answers every call with the next entry of its script, then with success.

    An entry is an `OrionError` (for the whole call), or a dict of errors by reference.
    """

    def __init__(self):
        self.script = []
        self.calls = []

    def send(self, verb, requests):
        return self._answer("send", verb, requests)

    def reconcile(self, verb, requests):
        return self._answer("reconcile", verb, requests)

    def check(self):
        self._answer("check", None, [])

    def _answer(self, method, verb, requests):
        self.calls.append((method, verb, [request.reference for request in requests]))
        answer = self.script.pop(0) if self.script else {}
        if isinstance(answer, OrionError):
            raise answer
        return [
            OperationResult(
                r.reference, response={"seen": r.reference}, error=answer.get(r.reference)
            )
            for r in requests
        ]

    def sent(self):
        """References in the order they were sent."""
        return [ref for method, _verb, refs in self.calls if method == "send" for ref in refs]


def count_calls_in_memory(case):
    """Let a test class that calls over HTTP count its calls in memory: it calls from its own
    transaction and from the engine's cursors in turn, which do not see each other's rows."""
    limiter = MemoryRateLimiter()
    patcher = patch.object(
        DatabaseRateLimiter, "reserve", lambda _self, *given: limiter.reserve(*given)
    )
    patcher.start()
    case.addClassCleanup(patcher.stop)


class EngineCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.channel = cls.env["orion.channel"].create(
            {"name": "Scripted", "marketplace": "storefront", "state": "connected"}
        )
        cls.channel_2 = cls.channel.copy({"name": "Scripted 2"})
        # only what a test schedules itself is due
        cls.env["orion.schedule"].search([]).enabled = False

    def setUp(self):
        super().setUp()
        self.adapter = ScriptedAdapter()
        operations = self.env.registry["orion.operation"]
        labels = {name: name for name in VERBS}
        stack = ExitStack()
        self.addCleanup(stack.close)
        for patcher in (
            patch.object(operations, "_get_verbs", lambda records: VERBS),
            patch.dict(operations._fields["operation"]._selection, labels),
            patch(
                "odoo.addons.orion_base.engine.outbox.open_adapter",
                lambda channel, role: self.adapter,
            ),
            patch.dict(wake._last_wake, clear=True),
        ):
            stack.enter_context(patcher)

    def enqueue(self, *keys, verb="test_single", channel=None, ordering=None, **values):
        return self.env["orion.operation"]._enqueue(
            channel or self.channel,
            verb,
            [
                {
                    "idempotency_key": key,
                    "payload": {"key": key},
                    "ordering_key": ordering,
                    **values,
                }
                for key in keys
            ],
        )

    def work(self, steps=10):
        """Let a worker take steps until it is idle."""
        with self.enter_registry_test_mode():
            worker = Worker(self.env.registry, sleep=lambda seconds: None)
            for _step in range(steps):
                if not worker.step():
                    break

    @contextmanager
    def elsewhere(self, *locks):
        """Another worker holds these locks of the channel meanwhile."""
        with db_connect(self.env.cr.dbname).cursor() as other:
            for lock in locks:
                self.assertTrue(try_lock_channel(other, lock, self.channel.id))
            yield

    def end_pause(self):
        """Let every wait be over, as if time had passed."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE orion_operation SET next_attempt_at = NULL, apply_after = NULL")
        self.env.cr.execute("UPDATE orion_circuit SET next_probe_at = NULL")
        self.env.invalidate_all()

    def reset_circuit(self):
        self.env.flush_all()
        circuit.reset(self.env.cr, self.channel.ids)
        self.env.invalidate_all()
