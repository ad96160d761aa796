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


#: A schedule that nobody wants before its time.
NOT_EARLY = SQL("NULL::timestamp")


def due_tasks(cr, verbs, early=NOT_EARLY):
    """The `Task`s that are due now.

    :param verbs: `orion.operation._get_verbs()`
    :param early: `orion.schedule._early_start()`
    """
    cr.execute(
        SQL(
            """
            SELECT c.id, k.notified IS FALSE,
                   (k.next_probe_at IS NULL OR k.next_probe_at <= %(now)s) AND (
                       EXISTS (SELECT 1 FROM orion_operation o
                                WHERE o.channel_id = c.id AND o.operation = ANY(%(sent)s)
                                  AND %(claimable)s)
                    OR EXISTS (SELECT 1 FROM orion_operation o
                                WHERE o.channel_id = c.id AND o.status = 'processing'
                                  AND o.lease_until < %(now)s)
                    OR EXISTS (SELECT 1 FROM orion_operation o
                                WHERE o.channel_id = c.id AND o.operation = ANY(%(settled)s)
                                  AND %(unsettled)s)
                    OR EXISTS (SELECT 1 FROM orion_schedule s
                                WHERE s.channel_id = c.id AND s.enabled
                                  AND LEAST(s.next_run_at, %(early)s) <= %(now)s)
                    OR EXISTS (SELECT 1 FROM orion_sync_log l
                                 JOIN orion_schedule s ON s.id = l.schedule_id
                                WHERE s.channel_id = c.id
                                  AND l.status IN ('pending', 'running'))),
                   EXISTS (SELECT 1 FROM orion_operation o
                            WHERE o.channel_id = c.id AND NOT o.applied
                              AND (o.apply_after IS NULL OR o.apply_after <= %(now)s))
              FROM orion_channel c
              LEFT JOIN orion_circuit k ON k.channel_id = c.id
             WHERE c.active
             ORDER BY c.id
            """,
            now=NOW,
            claimable=CLAIMABLE,
            unsettled=UNSETTLED,
            early=early,
            **_names(verbs),
        )
    )
    tasks = []
    for channel_id, untold, calls, outcomes in cr.fetchall():
        if calls or untold:
            tasks.append(Task(channel_id, CALLS, may_call=calls))
        if outcomes:
            tasks.append(Task(channel_id, OUTCOMES))
    return tasks


def planned(cr, verbs, early=NOT_EARLY):
    """When the next work of each kind becomes due.

    :param early: `orion.schedule._early_start()`

    :return: `{(channel id, kind): seconds}`; 0 for what is due already
    """
    cr.execute(
        SQL(
            """
            SELECT id, kind, EXTRACT(EPOCH FROM due - %(now)s)::float8 FROM (
                SELECT c.id, %(calls)s AS kind,
                       GREATEST(w.due, k.next_probe_at) AS due
                  FROM orion_channel c
                  LEFT JOIN orion_circuit k ON k.channel_id = c.id,
                       LATERAL (SELECT LEAST(
                           (SELECT COALESCE(o.next_attempt_at, %(now)s) FROM (
                                SELECT * FROM orion_operation
                                 WHERE channel_id = c.id AND status = 'pending'
                                   AND operation = ANY(%(sent)s)
                                 ORDER BY next_attempt_at NULLS FIRST OFFSET 0) AS o
                             WHERE %(first)s LIMIT 1),
                           (SELECT min(o.lease_until) FROM orion_operation o
                             WHERE o.channel_id = c.id AND o.status = 'processing'),
                           (SELECT min(COALESCE(GREATEST(o.next_attempt_at, o.lease_until),
                                                %(now)s))
                              FROM orion_operation o
                             WHERE o.channel_id = c.id AND o.status = 'unknown'
                               AND o.operation = ANY(%(settled)s)),
                           (SELECT min(LEAST(s.next_run_at, %(early)s)) FROM orion_schedule s
                             WHERE s.channel_id = c.id AND s.enabled),
                           (SELECT %(now)s FROM orion_sync_log l
                              JOIN orion_schedule s ON s.id = l.schedule_id
                             WHERE s.channel_id = c.id AND l.status IN ('pending', 'running')
                             LIMIT 1)) AS due) AS w
                 WHERE c.active AND w.due IS NOT NULL
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
            first=FIRST_OF_ITS_KEY,
            early=early,
            **_names(verbs),
        )
    )
    return {(channel, kind): max(seconds, 0.0) for channel, kind, seconds in cr.fetchall()}


def _names(verbs):
    """What is sent by itself, and what is settled by itself when its outcome is unknown."""
    return {
        "sent": list(verbs),
        "settled": [v.name for v in verbs.values() if v.repeat is not Repeat.MANUAL],
    }
