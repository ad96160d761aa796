"""What there is to do: which channels have work now, and when the next work becomes due.

What nobody can do yet is not due, or idle workers would never rest: operations that wait
behind another one of their record, and those that only a person can settle.
"""

from typing import NamedTuple

from odoo.tools import SQL

from ..lib.outbox import Repeat
from .cursors import NOW

#: Kinds of a channel's work: calling the marketplace, and what follows here from its answers.
CALLS = "calls"
OUTCOMES = "outcomes"

#: The first open operation of its ordering key. A scalar subquery is looked up in the index
#: row by row, whatever PostgreSQL believes of a queue that has just grown or shrunk.
FIRST_OF_ITS_KEY = SQL(
    """
    (o.ordering_key IS NULL OR o.id = (
        SELECT first.id FROM orion_operation first
         WHERE first.ordering_key = o.ordering_key
           AND first.status IN ('pending', 'processing', 'unknown')
         ORDER BY first.status = 'pending', first.id
         LIMIT 1))
    """
)

#: An operation that may be claimed.
CLAIMABLE = SQL(
    """
    o.status = 'pending'
    AND (o.next_attempt_at IS NULL OR o.next_attempt_at <= %(now)s)
    AND %(first)s
    """,
    now=NOW,
    first=FIRST_OF_ITS_KEY,
)

#: An operation with unknown outcome whose time to be asked about has come.
UNSETTLED = SQL(
    """
    o.status = 'unknown'
    AND (o.next_attempt_at IS NULL OR o.next_attempt_at <= %(now)s)
    AND (o.lease_until IS NULL OR o.lease_until < %(now)s)
    """,
    now=NOW,
)


#: Which operations, by where they go: to the channel's own host, or to another one, which the
#: channel's circuit says nothing of.
ANYWHERE = SQL("TRUE")
AT_THE_CHANNEL = SQL("o.elsewhere IS NOT TRUE")
ELSEWHERE = SQL("o.elsewhere IS TRUE")


class Kinds(NamedTuple):
    """What the installed addons bring: what may be sent, and when jobs are wanted.

    :param sent: names of operations
    :param settled: those that are settled by themselves when their outcome is unknown
    :param internal: kinds of job that go on while the channel's calls are paused
    :param early: `orion.schedule._early_start()`
    """

    sent: list
    settled: list
    internal: list
    early: SQL

    @classmethod
    def of(cls, env):
        """Those of a database."""
        verbs = env["orion.operation"]._get_verbs()
        return cls(
            sent=list(verbs),
            settled=[v.name for v in verbs.values() if v.repeat is not Repeat.MANUAL],
            internal=env["orion.channel"]._internal_jobs(),
            early=env["orion.schedule"]._early_start(),
        )


class Task(NamedTuple):
    """Work of one kind that is due on one channel.

    :param may_call: False while the circuit pauses the channel's calls
    """

    channel_id: int
    kind: str
    may_call: bool = True

    @property
    def key(self):
        """Which work it is, however it stands."""
        return self.channel_id, self.kind


def due_tasks(cr, kinds):
    """The `Task`s that are due now."""
    cr.execute(
        SQL(
            """
            SELECT c.id, k.notified IS FALSE, p.may_call,
                   EXISTS (SELECT 1 FROM orion_operation o
                            WHERE o.channel_id = c.id AND o.operation = ANY(%(sent)s)
                              AND p.may_call AND %(claimable)s)
                OR EXISTS (SELECT 1 FROM orion_operation o
                            WHERE o.channel_id = c.id AND o.operation = ANY(%(sent)s)
                              AND NOT p.may_call AND %(elsewhere)s AND %(claimable)s)
                OR EXISTS (SELECT 1 FROM orion_operation o
                            WHERE o.channel_id = c.id AND o.status = 'processing'
                              AND o.lease_until < %(now)s)
                OR EXISTS (SELECT 1 FROM orion_operation o
                            WHERE o.channel_id = c.id AND o.operation = ANY(%(settled)s)
                              AND p.may_call AND %(unsettled)s)
                OR EXISTS (SELECT 1 FROM orion_schedule s
                            WHERE s.channel_id = c.id AND s.enabled
                              AND (p.may_call OR s.job_type = ANY(%(internal)s))
                              AND LEAST(s.next_run_at, %(early)s) <= %(now)s)
                OR EXISTS (SELECT 1 FROM orion_sync_log l
                             JOIN orion_schedule s ON s.id = l.schedule_id
                            WHERE s.channel_id = c.id AND l.status IN ('pending', 'running')
                              AND (l.resume_at IS NULL OR l.resume_at <= %(now)s)
                              AND (p.may_call OR s.job_type = ANY(%(internal)s))),
                   EXISTS (SELECT 1 FROM orion_operation o
                            WHERE o.channel_id = c.id AND NOT o.applied
                              AND (o.apply_after IS NULL OR o.apply_after <= %(now)s))
              FROM orion_channel c
              LEFT JOIN orion_circuit k ON k.channel_id = c.id,
                   LATERAL (SELECT k.next_probe_at IS NULL
                                OR k.next_probe_at <= %(now)s AS may_call) AS p
             WHERE c.active
             ORDER BY c.id
            """,
            now=NOW,
            claimable=CLAIMABLE,
            unsettled=UNSETTLED,
            elsewhere=ELSEWHERE,
            **kinds._asdict(),
        )
    )
    tasks = []
    for channel_id, untold, may_call, calls, outcomes in cr.fetchall():
        if calls or untold:
            tasks.append(Task(channel_id, CALLS, may_call=may_call))
        if outcomes:
            tasks.append(Task(channel_id, OUTCOMES))
    return tasks


def planned(cr, kinds):
    """When the next work of each kind becomes due.

    :return: `{(channel id, kind): seconds}`; 0 for what is due already
    """
    cr.execute(
        SQL(
            """
            SELECT id, kind, EXTRACT(EPOCH FROM due - %(now)s)::float8 FROM (
                SELECT c.id, %(calls)s AS kind,
                       LEAST(CASE WHEN w.paused IS NOT NULL
                                  THEN GREATEST(w.paused, k.next_probe_at) END, w.free) AS due
                  FROM orion_channel c
                  LEFT JOIN orion_circuit k ON k.channel_id = c.id,
                       LATERAL (SELECT %(paused)s AS paused, %(free)s AS free) AS w
                 WHERE c.active AND (w.paused IS NOT NULL OR w.free IS NOT NULL)
                UNION ALL
                SELECT c.id, %(outcomes)s, min(COALESCE(o.apply_after, %(now)s))
                  FROM orion_operation o
                  JOIN orion_channel c ON c.id = o.channel_id AND c.active
                 WHERE NOT o.applied
                 GROUP BY c.id
            ) AS plan
            """,
            now=NOW,
            calls=CALLS,
            outcomes=OUTCOMES,
            paused=_next_paused(kinds),
            free=_next_free(kinds),
        )
    )
    return {(channel, kind): max(seconds, 0.0) for channel, kind, seconds in cr.fetchall()}


def _next_paused(kinds):
    """When the next work of the channel `c` is due that its circuit may pause."""
    return SQL(
        """
        LEAST(%(sending)s,
              (SELECT min(COALESCE(GREATEST(o.next_attempt_at, o.lease_until), %(now)s))
                 FROM orion_operation o
                WHERE o.channel_id = c.id AND o.status = 'unknown'
                  AND o.operation = ANY(%(settled)s)),
              %(job)s)
        """,
        sending=_next_sending(kinds, AT_THE_CHANNEL),
        job=_next_job(kinds, SQL("s.job_type <> ALL(%s)", kinds.internal)),
        now=NOW,
        settled=kinds.settled,
    )


def _next_free(kinds):
    """When the next work of the channel `c` is due that goes on whatever its circuit says."""
    return SQL(
        """
        LEAST(%(sending)s,
              (SELECT min(o.lease_until) FROM orion_operation o
                WHERE o.channel_id = c.id AND o.status = 'processing'),
              %(job)s)
        """,
        sending=_next_sending(kinds, ELSEWHERE),
        job=_next_job(kinds, SQL("s.job_type = ANY(%s)", kinds.internal)),
    )


def _next_sending(kinds, where):
    return SQL(
        """
        (SELECT COALESCE(o.next_attempt_at, %(now)s) FROM (
             SELECT * FROM orion_operation o
              WHERE channel_id = c.id AND status = 'pending' AND %(where)s
                AND operation = ANY(%(sent)s)
              ORDER BY next_attempt_at NULLS FIRST OFFSET 0) AS o
          WHERE %(first)s LIMIT 1)
        """,
        now=NOW,
        where=where,
        sent=kinds.sent,
        first=FIRST_OF_ITS_KEY,
    )


def _next_job(kinds, which):
    return SQL(
        """
        LEAST((SELECT min(LEAST(s.next_run_at, %(early)s)) FROM orion_schedule s
                WHERE s.channel_id = c.id AND s.enabled AND %(which)s),
              (SELECT min(COALESCE(l.resume_at, %(now)s)) FROM orion_sync_log l
                 JOIN orion_schedule s ON s.id = l.schedule_id
                WHERE s.channel_id = c.id AND l.status IN ('pending', 'running') AND %(which)s))
        """,
        early=kinds.early,
        which=which,
        now=NOW,
    )
