"""Claiming, sending and settling operations of one channel.

Every write here is a short READ COMMITTED transaction of its own. The order is fixed:
claim, commit; `sent_at`, commit; call; outcome, commit; and only then, elsewhere, what
follows from it (`consequences`). A process may die between any two of them.

Requests that may be repeated are marked as sent, and their outcomes kept, a window at a time:
a disk takes milliseconds to commit, and who dies in a window has some of them sent again.
"""

import logging
import time
from dataclasses import replace

from psycopg2.extensions import TransactionRollbackError

from ..adapters import open_adapter
from ..lib.errors import InvalidAnswer, OrionError, Rejected
from ..lib.outbox import OperationResult, Repeat
from . import circuit
from .cursors import work_environment
from .decisions import decide, decide_reconciled
from .due import ANYWHERE
from .outbox_store import OutboxStore

_logger = logging.getLogger(__name__)

#: One step's time for starting further requests.
STEP_SECONDS = 5.0
#: Requests of a window, and the time after which no further one is begun in it.
WINDOW_REQUESTS = 20
WINDOW_SECONDS = 0.5
#: Tries to bring payloads up to date while others change the same records.
REFRESH_ATTEMPTS = 5


class Outbox:
    """The outbox of one channel, held by a worker that has the channel's lock.

    :param channel: `orion.channel` record on a cursor of the caller
    """

    def __init__(self, channel, clock=time.monotonic):
        self.channel_id = channel.id
        self.company_id = channel.company_id.id
        self.registry = channel.env.registry
        self.clock = clock
        self.store = OutboxStore(
            self.registry,
            self.channel_id,
            self.company_id,
            channel.env["orion.operation"]._get_verbs(),
        )

    def recover(self):
        """Take up what a worker left behind, and repeatable operations to be sent again."""
        self.store.recover()

    # === SENDING === #

    def send(self, limit=None, where=ANYWHERE):
        """Send what is due, for at most about five seconds.

        :param limit: most operations, when only a probe may go out
        :param where: one of those in `due`
        :return: number of operations with an outcome
        """
        with self.store.keeping_connection():
            return self._send_until(self.clock() + STEP_SECONDS, limit, where)

    def _send_until(self, deadline, limit, where):
        done = 0
        adapters = {}
        while self.clock() < deadline:
            verb, claimed = self.store.claim(limit, where)
            if not claimed:
                break
            refused = self._refuse(verb, claimed) if verb.guarded else ()
            done += len(refused)
            claimed = [one for one in claimed if one not in refused]
            if not claimed:
                continue
            if verb.refreshed:
                claimed = self._refresh(claimed)
            if verb.role not in adapters:
                adapters[verb.role] = self._open(verb)
            settled, go_on = self._send_groups(adapters[verb.role], verb, claimed, deadline)
            done += settled
            if limit or not go_on:
                break
        return done

    def _open(self, verb):
        # a transaction of its own, over before the marketplace is called
        with work_environment(self.registry, self.company_id) as env:
            try:
                return open_adapter(env["orion.channel"].browse(self.channel_id), verb.role)
            except OrionError as error:
                return error

    def _refuse(self, verb, claimed):
        """Fail what must not be sent any more, without a call.

        :return: those of `claimed`
        """
        with work_environment(self.registry, self.company_id) as env:
            operations = env["orion.operation"].browse([one.id for one in claimed])
            reasons = operations._reasons_not_to_send()
        refused = [one for one in claimed if one.id in reasons]
        if refused:
            run = self.store.start_run(verb)
            results = {
                one.request.reference: OperationResult(
                    one.request.reference, error=Rejected(reasons[one.id])
                )
                for one in refused
            }
            self.store.record(run, [(refused, results)], decide, called=False)
            self.store.end_run(run)
        return refused

    def _refresh(self, claimed):
        """Give what is about to be sent today's payload.

        Somebody who changes the same records goes first; after some tries what was true a moment
        ago is sent, and followed by what is true then.
        """
        for _attempt in range(REFRESH_ATTEMPTS):
            try:
                with work_environment(self.registry, self.company_id) as env:
                    operations = env["orion.operation"].browse([one.id for one in claimed])
                    payloads = operations._refresh_payloads()
                    env.flush_all()
                    env.cr.commit()
            except TransactionRollbackError:
                continue
            return [
                replace(one, request=replace(one.request, payload=payloads[one.id]))
                if one.id in payloads
                else one
                for one in claimed
            ]
        return claimed

    def _send_groups(self, adapter, verb, claimed, deadline):
        """Send group by group; what the time does not allow goes back to the queue.

        :return: `(operations with an outcome, whether to go on with the channel)`
        """
        # what the service has stumbled over before goes alone, so that it takes no other with it
        fresh = [one for one in claimed if not one.attempts]
        most = min(verb.batch_size, getattr(adapter, "batch_size", verb.batch_size))
        groups = [fresh[start : start + most] for start in range(0, len(fresh), most)] + [
            [one] for one in claimed if one.attempts
        ]
        size = WINDOW_REQUESTS if verb.repeat is Repeat.REPEATABLE else 1
        # another host tells nothing of the channel's health
        called = not any(one.elsewhere for one in claimed)
        run = self.store.start_run(verb, groups[:size])
        go_on = True
        while go_on and groups:
            calls = self._call_window(adapter, verb, groups[:size], deadline)
            healthy = all(circuit.is_healthy(results.values()) for _group, results in calls)
            go_on = healthy and self.clock() < deadline
            groups = groups[len(calls) :]
            if go_on:
                self.store.record(run, calls, decide, following=groups[:size], called=called)
            else:
                self.store.record(run, calls, decide, released=groups, called=called)
        self.store.end_run(run)
        return len(run.decisions), healthy

    def _call_window(self, adapter, verb, groups, deadline):
        """Call with group after group, until something is wrong or the window's time is over.

        :return: `[(group, results)]` of those that were called; at least one
        """
        until = min(deadline, self.clock() + WINDOW_SECONDS)
        calls = []
        for group in groups:
            results = self._call(adapter, "send", verb, group)
            calls.append((group, results))
            if not circuit.is_healthy(results.values()) or self.clock() >= until:
                break
        return calls

    def _call(self, adapter, method, verb, group):
        """Results by reference; an error raised counts for every request of the call."""
        if isinstance(adapter, OrionError):
            return {
                c.request.reference: OperationResult(c.request.reference, error=adapter)
                for c in group
            }
        requests = [c.request for c in group]
        try:
            results = {r.reference: r for r in getattr(adapter, method)(verb.name, requests)}
        except OrionError as error:
            results = {r.reference: OperationResult(r.reference, error=error) for r in requests}
        except Exception:
            # a fault of our own code: the request may have left, so the outcome is not known
            _logger.exception("Adapter failed at %s %s", method, verb.name)
            error = InvalidAnswer(
                "The connector failed while it handled the answer; see the server log."
            )
            results = {r.reference: OperationResult(r.reference, error=error) for r in requests}
        missing = InvalidAnswer("The marketplace's answer did not mention this operation.")
        for request in requests:
            results.setdefault(request.reference, OperationResult(request.reference, error=missing))
        return results

    # === SETTLING === #

    def reconcile(self):
        """Ask the marketplace about operations whose outcome is unknown and due.

        :return: number of operations asked about
        """
        verb, claimed = self.store.claim_unknown()
        if not claimed:
            return 0
        run = self.store.start_run(verb)
        results = self._call(self._open(verb), "reconcile", verb, claimed)
        called = not any(one.elsewhere for one in claimed)
        self.store.record(run, [(claimed, results)], decide_reconciled, called=called)
        self.store.end_run(run)
        return len(claimed)
