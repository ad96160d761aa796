"""A worker: takes turns among the channels that have something to do."""

import logging
import time

from psycopg2.errors import SerializationFailure

from odoo.tools import SQL

from . import jobs
from .consequences import apply_consequences
from .cursors import NOW, read_committed, try_lock_channel, work_environment
from .outbox import Outbox

_logger = logging.getLogger(__name__)

#: A worker without work looks again for this long: longer than a wake-up may be
#: swallowed (`wake.THROTTLE_SECONDS`).
LINGER_SECONDS = 1.5
#: Between two looks of an idle worker.
LOOK_SECONDS = 0.25
#: A wait up to this long is slept; a cron's trigger in the future is looked at once a minute.
LONGEST_SLEEP = 15.0

#: Operations with something to do at the marketplace.
DUE_OPERATION = SQL(
    """
    (o.status = 'pending' AND (o.next_attempt_at IS NULL OR o.next_attempt_at <= %(now)s))
    OR (o.status = 'processing' AND o.lease_until < %(now)s)
    OR (o.status = 'unknown' AND (o.next_attempt_at IS NULL OR o.next_attempt_at <= %(now)s)
        AND (o.lease_until IS NULL OR o.lease_until < %(now)s))
    """,
    now=NOW,
)

#: Channels with something to do, and whether they may be called now.
DUE_CHANNELS = SQL(
    """
    SELECT c.id, k.next_probe_at IS NULL OR k.next_probe_at <= %(now)s
      FROM orion_channel c
      LEFT JOIN orion_circuit k ON k.channel_id = c.id
     WHERE c.active AND (
           k.notified IS FALSE
        OR EXISTS (SELECT 1 FROM orion_operation o
                    WHERE o.channel_id = c.id AND NOT o.applied
                      AND (o.apply_after IS NULL OR o.apply_after <= %(now)s))
        OR (k.next_probe_at IS NULL OR k.next_probe_at <= %(now)s) AND (
            EXISTS (SELECT 1 FROM orion_operation o WHERE o.channel_id = c.id AND (%(due)s))
            OR EXISTS (SELECT 1 FROM orion_schedule s
                        WHERE s.channel_id = c.id AND s.enabled AND s.next_run_at <= %(now)s)
            OR EXISTS (SELECT 1 FROM orion_sync_log l
                         JOIN orion_schedule s ON s.id = l.schedule_id
                        WHERE s.channel_id = c.id AND l.status IN ('pending', 'running'))))
    """,
    now=NOW,
    due=DUE_OPERATION,
)

#: Seconds until the next thing becomes due.
NEXT_DUE = SQL(
    """
    SELECT EXTRACT(EPOCH FROM min(due) - %(now)s) FROM (
        SELECT GREATEST(min(COALESCE(o.next_attempt_at, o.lease_until)), k.next_probe_at) AS due
          FROM orion_operation o
          JOIN orion_channel c ON c.id = o.channel_id AND c.active
          LEFT JOIN orion_circuit k ON k.channel_id = c.id
         WHERE o.status IN ('pending', 'unknown', 'processing')
         GROUP BY k.next_probe_at
        UNION ALL
        SELECT min(o.apply_after) FROM orion_operation o
          JOIN orion_channel c ON c.id = o.channel_id AND c.active
         WHERE NOT o.applied
        UNION ALL
        SELECT GREATEST(min(s.next_run_at), k.next_probe_at)
          FROM orion_schedule s
          JOIN orion_channel c ON c.id = s.channel_id AND c.active
          LEFT JOIN orion_circuit k ON k.channel_id = c.id
         WHERE s.enabled GROUP BY k.next_probe_at
    ) AS planned
    """,
    now=NOW,
)

#: The schedule of a channel whose time has come, or that has a run to go on with.
DUE_SCHEDULE = """
    SELECT s.id FROM orion_schedule s
     WHERE s.channel_id = %s
       AND (s.enabled AND s.next_run_at <= %s
            OR EXISTS (SELECT 1 FROM orion_sync_log l
                        WHERE l.schedule_id = s.id AND l.status IN ('pending', 'running')))
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
        #: Whether the last run ended because there was nothing more to do.
        self.rested = True
        #: Channels whose step stopped with a fault; left alone for the rest of this worker.
        self.broken = set()
        self._served = {}
        self._turn = {}

    def run(self, seconds):
        """Work for about so many seconds, or until there is nothing to do.

        :return: number of things done
        """
        deadline = self.clock() + seconds
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
                if now - idle_since >= LINGER_SECONDS and not self._due_within(deadline - now):
                    self.rested = True
                    return total
                self.sleep(LOOK_SECONDS)

    def step(self):
        """One step on one channel; returns how many things were done, 0 when idle."""
        for channel_id, remote in self._due_channels():
            with read_committed(self.registry) as lock_cr:
                if not try_lock_channel(lock_cr, channel_id):
                    continue
                self._served[channel_id] = self.clock()
                done = self._work_safely(lock_cr, channel_id, remote)
                lock_cr.commit()
            if done:
                return done
        return 0

    def seconds_to_next(self):
        """Seconds until something becomes due; None when nothing is planned."""
        with read_committed(self.registry) as cr:
            cr.execute(NEXT_DUE)
            (seconds,) = cr.fetchone()
        return None if seconds is None else max(float(seconds), 0.0)

    # === CHOOSING === #

    def _due_within(self, seconds):
        planned = self.seconds_to_next()
        # a broken channel stays due; it does not keep this worker awake
        return planned is not None and not self.broken and planned <= min(seconds, LONGEST_SLEEP)

    def _due_channels(self):
        """(channel id, whether it may be called) with work, least recently served first."""
        with read_committed(self.registry) as cr:
            cr.execute(DUE_CHANNELS)
            rows = [row for row in cr.fetchall() if row[0] not in self.broken]
        return sorted(rows, key=lambda row: (self._served.get(row[0], float("-inf")), row[0]))

    # === WORKING === #

    def _work_safely(self, lock_cr, channel_id, remote):
        """A fault in the work of one channel never stops another's, or the shared cron."""
        try:
            return self._work(lock_cr, channel_id, remote)
        except SerializationFailure:
            _logger.info("Channel %s: step undone after a concurrent change", channel_id)
            return 1
        except Exception:
            _logger.exception("Channel %s: step failed, taken up again later", channel_id)
            self.broken.add(channel_id)
            return 0

    def _work(self, lock_cr, channel_id, remote):
        with work_environment(self.registry) as env:
            channel = env["orion.channel"].browse(channel_id)
            company = channel.company_id
            channel = channel.with_context(allowed_company_ids=company.ids)
            # read what the steps need, then let the transaction go: nothing is held open
            # while the marketplace is being called
            channel.read(["name", "company_id", "api_endpoint"])
            env.cr.commit()
            done = apply_consequences(self.registry, channel)
            if remote and not done:
                done = self._call_marketplace(lock_cr, channel)
            done += apply_consequences(self.registry, channel)
            self._publish_circuit(channel_id)
        return done

    def _call_marketplace(self, lock_cr, channel):
        """Outbox and jobs take turns, so that neither starves the other."""
        tasks = [self._work_outbox, self._work_jobs]
        turn = self._turn.get(channel.id, 0)
        self._turn[channel.id] = turn + 1
        if turn % 2:
            tasks.reverse()
        return tasks[0](lock_cr, channel) or tasks[1](lock_cr, channel)

    def _work_outbox(self, lock_cr, channel):
        outbox = Outbox(channel, clock=self.clock)
        outbox.recover()
        limit = 1 if self._is_probe(lock_cr, channel) else None
        return outbox.send(limit) or outbox.reconcile()

    def _work_jobs(self, lock_cr, channel):
        schedule_id = self._claim_schedule(lock_cr, channel)
        if schedule_id is None:
            return 0
        with work_environment(self.registry, channel.company_id.id) as env:
            log_id = jobs.open_run(env, schedule_id).id
        jobs.JobRunner(self.registry, lock_cr, log_id, clock=self.clock).run()
        return 1

    def _claim_schedule(self, lock_cr, channel):
        lock_cr.execute(SQL(DUE_SCHEDULE, channel.id, NOW))
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
        except SerializationFailure:
            _logger.info(
                "Channel %s: its state has just changed, told with the next step", channel_id
            )
