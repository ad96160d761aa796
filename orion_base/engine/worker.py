"""A worker: takes turns among the channels that have something to do."""

import logging
import time

from psycopg2.extensions import TransactionRollbackError

from odoo.tools import SQL

from . import jobs
from .consequences import apply_consequences
from .cursors import (
    CALLS_LOCK,
    NOW,
    OUTCOMES_LOCK,
    lock_channel,
    read_committed,
    try_lock_channel,
    work_environment,
)
from .due import (
    AT_THE_CHANNEL,
    CALLS,
    ELSEWHERE,
    OUTCOMES,
    Kinds,
    due_tasks,
    planned,
)
from .outbox import Outbox
from .wake import wake_workers
from .watch import Watch

_logger = logging.getLogger(__name__)

#: A worker without work looks again for this long: longer than a wake-up may be
#: swallowed (`wake.THROTTLE_SECONDS`).
LINGER_SECONDS = 1.5
#: Between two looks of an idle worker.
LOOK_SECONDS = 0.25
#: A wait up to this long is slept; a cron's trigger in the future is looked at once a minute.
LONGEST_SLEEP = 15.0
#: A worker that has more to do than it can do at once calls the others this often at most.
CALL_SECONDS = 5.0
#: Before a channel whose work stopped with a fault of the code is taken up again.
BROKEN_SECONDS = 60.0
#: How long a job waits for another worker to end its chunk of outcomes.
OUTCOMES_SECONDS = 5.0

LOCKS = {CALLS: CALLS_LOCK, OUTCOMES: OUTCOMES_LOCK}

#: The schedule of a channel whose time has come, or that has a run to go on with.
DUE_SCHEDULE = """
    SELECT s.id FROM orion_schedule s
     WHERE s.channel_id = %s AND (%s OR s.job_type = ANY(%s))
       AND (s.enabled AND LEAST(s.next_run_at, %s) <= %s
            OR EXISTS (SELECT 1 FROM orion_sync_log l
                        WHERE l.schedule_id = s.id AND l.status IN ('pending', 'running')
                          AND (l.resume_at IS NULL OR l.resume_at <= %s)))
     ORDER BY s.next_run_at NULLS FIRST, s.id LIMIT 1
"""


class Worker:
    """Works in steps of about five seconds, so that its caller can stop between them.

    :param sleep: called without any transaction being open
    """

    def __init__(self, registry, clock=time.monotonic, sleep=time.sleep):
        self.registry = registry
        self.clock = clock
        self.sleep = sleep
        self.watch = Watch(registry)
        #: Whether the last run ended because there was nothing more to do.
        self.rested = True
        #: Channels whose step stopped with a fault; left alone for the rest of this worker.
        self.broken = set()
        #: Due work that other workers held when we last looked; it is theirs to go on with.
        self._taken = set()
        self._served = {}
        self._turn = {}
        #: Whether others may rest because they rely on us.
        self._alone = False
        self._called_at = float("-inf")
        self._known_kinds = None

    def run(self, seconds):
        """Work for about so many seconds, or until there is nothing to do.

        :return: number of things done
        """
        self._alone = True
        try:
            return self._run_until(self.clock() + seconds)
        finally:
            self.watch.leave()

    def _run_until(self, deadline):
        idle_since = None
        total = 0
        while True:
            done = self.step()
            total += done
            now = self.clock()
            if done:
                idle_since = None
            elif idle_since is None:
                idle_since = now
            if now >= deadline:
                self.rested = False
                return total
            if not done:
                watching = self._keep_watch()
                if not watching and now - idle_since >= LINGER_SECONDS:
                    self.rested = True
                    return total
                self.sleep(LOOK_SECONDS)

    def step(self):
        """One step on one channel; returns how many things were done, 0 when idle."""
        tasks = self._due_tasks()
        if tasks:
            self._alone |= self.watch.leave()
        self._taken = set()
        for task in tasks:
            with read_committed(self.registry) as lock_cr:
                if not try_lock_channel(lock_cr, LOCKS[task.kind], task.channel_id):
                    self._taken.add(task.key)
                    continue
                self._call_others(task, tasks)
                self._served[task.key] = self.clock()
                done = self._work_safely(lock_cr, task)
                lock_cr.commit()
            if done:
                return done
        return 0

    def seconds_to_next(self):
        """Seconds until something becomes due that is ours to wait for; None when nothing is."""
        return min(self._planned().values(), default=None)

    # === CHOOSING === #

    def _due_tasks(self):
        """What is due, least recently served first; calls before outcomes."""
        kinds = self._kinds
        with read_committed(self.registry) as cr:
            found = due_tasks(cr, kinds)
            tasks = [task for task in found if task.channel_id not in self.broken]
        return sorted(
            tasks,
            key=lambda task: (
                self._served.get(task.key, float("-inf")),
                task.kind != CALLS,
                task.channel_id,
            ),
        )

    def _planned(self):
        """`{(channel id, kind): seconds}` until work becomes due that no other worker holds."""
        kinds = self._kinds
        with read_committed(self.registry) as cr:
            found = planned(cr, kinds)
        return {
            key: max(seconds, BROKEN_SECONDS) if key[0] in self.broken else seconds
            for key, seconds in found.items()
            if key not in self._taken
        }

    def _keep_watch(self):
        """Wait for what is planned soon, when no other worker does."""
        seconds = self.seconds_to_next()
        if seconds is None or seconds > LONGEST_SLEEP:
            self.watch.leave()
            return False
        return self.watch.keep()

    def _call_others(self, task, tasks):
        """Wake the other workers when there is more than `task`, which we begin now."""
        alone, self._alone = self._alone, False
        more = any(other.key not in (task.key, *self._taken) for other in tasks)
        if alone:
            more = more or any(
                key != task.key and seconds <= LONGEST_SLEEP
                for key, seconds in self._planned().items()
            )
        elif self.clock() - self._called_at < CALL_SECONDS:
            return
        if more:
            self._called_at = self.clock()
            with work_environment(self.registry) as env:
                wake_workers(env)

    @property
    def _kinds(self):
        if self._known_kinds is None:
            with work_environment(self.registry) as env:
                self._known_kinds = Kinds.of(env)
        return self._known_kinds

    # === WORKING === #

    def _work_safely(self, lock_cr, task):
        """A fault in the work of one channel never stops another's, or the shared cron."""
        try:
            return self._work(lock_cr, task)
        except TransactionRollbackError:
            _logger.info("Channel %s: step undone after a concurrent change", task.channel_id)
            return 1
        except Exception:
            _logger.exception("Channel %s: step failed, taken up again later", task.channel_id)
            self.broken.add(task.channel_id)
            return 0

    def _work(self, lock_cr, task):
        with work_environment(self.registry) as env:
            channel = env["orion.channel"].browse(task.channel_id)
            company = channel.company_id
            channel = channel.with_context(allowed_company_ids=company.ids)
            # read what the steps need, then let the transaction go: nothing is held open
            # while the marketplace is being called
            channel.read(["name", "company_id", "api_endpoint"])
            env.cr.commit()
            if task.kind == OUTCOMES:
                return apply_consequences(self.registry, channel)
            done = self._call_marketplace(lock_cr, channel, task.may_call)
            self._publish_circuit(task.channel_id)
        return done

    def _call_marketplace(self, lock_cr, channel, may_call):
        """Outbox and jobs take turns, so that neither starves the other."""
        tasks = [self._work_outbox, self._work_jobs]
        turn = self._turn.get(channel.id, 0)
        self._turn[channel.id] = turn + 1
        if turn % 2:
            tasks.reverse()
        return tasks[0](lock_cr, channel, may_call) or tasks[1](lock_cr, channel, may_call)

    def _work_outbox(self, lock_cr, channel, may_call):
        outbox = Outbox(channel, clock=self.clock)
        outbox.recover()
        if may_call and not self._is_probe(lock_cr, channel):
            return outbox.send() or outbox.reconcile()
        done = outbox.send(where=ELSEWHERE)
        if may_call:
            done += outbox.send(limit=1, where=AT_THE_CHANNEL) or outbox.reconcile()
        return done

    def _work_jobs(self, lock_cr, channel, may_call):
        schedule_id = self._claim_schedule(lock_cr, channel, may_call)
        if schedule_id is None:
            return 0
        if not lock_channel(lock_cr, OUTCOMES_LOCK, channel.id, OUTCOMES_SECONDS):
            return 0
        with work_environment(self.registry, channel.company_id.id) as env:
            log_id = jobs.open_run(env, schedule_id).id
        jobs.JobRunner(self.registry, lock_cr, log_id, clock=self.clock).run()
        return 1

    def _claim_schedule(self, lock_cr, channel, may_call):
        lock_cr.execute(
            SQL(
                DUE_SCHEDULE,
                channel.id,
                may_call,
                self._kinds.internal,
                self._kinds.early,
                NOW,
                NOW,
            )
        )
        row = lock_cr.fetchone()
        return row and row[0]

    def _is_probe(self, cr, channel):
        cr.execute("SELECT state = 'open' FROM orion_circuit WHERE channel_id = %s", (channel.id,))
        row = cr.fetchone()
        return bool(row and row[0])

    def _publish_circuit(self, channel_id):
        try:
            with work_environment(self.registry) as env:
                # locked with the first statement, so that nobody changes it meanwhile
                env.cr.execute(
                    "SELECT id FROM orion_circuit WHERE channel_id = %s AND NOT notified"
                    " FOR NO KEY UPDATE SKIP LOCKED",
                    (channel_id,),
                    log_exceptions=False,
                )
                circuits = env["orion.circuit"].browse([row[0] for row in env.cr.fetchall()])
                circuits._publish()
        except TransactionRollbackError:
            _logger.info(
                "Channel %s: its state has just changed, told with the next step", channel_id
            )
