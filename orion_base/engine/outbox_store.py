"""The outbox's table as the engine writes it: short READ COMMITTED transactions, each committed.

Nothing is written where the lease's token is no longer ours: another worker has taken the
operation up and knows better.
"""

import json
import logging
import uuid
from contextlib import contextmanager
from datetime import timezone

from odoo.tools import SQL

from ..lib.outbox import OperationRequest, Repeat
from . import circuit
from .claims import Claimed, Run
from .cursors import NOW, is_connected, read_committed
from .decisions import CLOSED
from .due import ANYWHERE, AT_THE_CHANNEL, CLAIMABLE, ELSEWHERE, UNSETTLED
from .run_log import closed, lost_runs_closed, opened

_logger = logging.getLogger(__name__)

#: Longer than any request may take with everything around it.
LEASE_SECONDS = 150
#: Requests claimed for at once, to spend fewer transactions.
CHUNK = 20
#: What `_claimed` reads.
COLUMNS = SQL(
    "o.id, o.idempotency_key, o.operation, o.payload, o.attempts, o.max_attempts, o.deferrals,"
    " o.sent_at, o.priority, o.elsewhere"
)


class OutboxStore:
    """The operations of one channel, claimed under one token.

    :param verbs: `orion.operation._get_verbs()`
    """

    def __init__(self, registry, channel_id, company_id, verbs):
        self.registry = registry
        self.channel_id = channel_id
        self.company_id = company_id
        self.verbs = verbs
        self.known_healthy = False
        self.token = uuid.uuid4().hex
        self._kept_cr = None

    # === TRANSACTIONS === #

    @contextmanager
    def keeping_connection(self):
        """Write everything inside over one connection, with no transaction open in between."""
        with read_committed(self.registry) as cr:
            self._kept_cr = cr
            try:
                yield
            finally:
                self._kept_cr = None

    @contextmanager
    def _transaction(self):
        """A cursor of which everything is committed in the end, or nothing."""
        cr = self._kept_cr
        if cr is None or not is_connected(cr):
            # a server that has just been started again: what we know must be kept all the same
            with read_committed(self.registry) as cr:
                yield cr
                cr.commit()
            return
        try:
            yield cr
            cr.commit()
        except BaseException:
            cr.rollback()
            raise

    # === LOST WORKERS === #

    def recover(self):
        """Take up what a worker left behind: expired leases, and repeatable unknowns."""
        repeatable = [v.name for v in self.verbs.values() if v.repeat is Repeat.REPEATABLE]
        with self._transaction() as cr:
            cr.execute(
                SQL(
                    """
                    UPDATE orion_operation
                       SET status = CASE WHEN sent_at IS NULL THEN 'pending' ELSE 'unknown' END,
                           error_code = CASE WHEN sent_at IS NULL THEN error_code
                                             ELSE 'worker_lost' END,
                           applied = sent_at IS NULL,
                           lease_token = NULL, lease_until = NULL, next_attempt_at = NULL
                     WHERE channel_id = %(channel)s AND status = 'processing'
                       AND lease_until < %(now)s
                    """,
                    channel=self.channel_id,
                    now=NOW,
                )
            )
            lost = cr.rowcount
            self._close_lost_runs(cr)
            cr.execute(
                SQL(
                    """
                    UPDATE orion_operation o
                       SET status = 'pending', applied = TRUE,
                           lease_token = NULL, lease_until = NULL
                     WHERE o.channel_id = %(channel)s AND o.operation = ANY(%(verbs)s)
                       AND %(unsettled)s
                    """,
                    channel=self.channel_id,
                    verbs=repeatable,
                    unsettled=UNSETTLED,
                )
            )
        if lost:
            _logger.info(
                "Channel %s: %d operations of a lost worker taken up", self.channel_id, lost
            )

    def _close_lost_runs(self, cr):
        cr.execute(lost_runs_closed(self.channel_id))

    # === CLAIMING === #

    def claim(self, limit=None, where=ANYWHERE):
        """Claim operations of the kind that comes first, all of one host; `(verb, claimed)`.

        :param where: one of those in `due`
        """
        claim = SQL("status = 'processing', sent_at = NULL,")
        condition = SQL("%s AND %s", CLAIMABLE, where)
        return self._take(condition, list(self.verbs), claim, limit)

    def _take(self, condition, verb_names, changes, limit=None):
        with self._transaction() as cr:
            cr.execute(
                SQL(
                    """
                    SELECT o.operation, o.elsewhere FROM orion_operation o
                     WHERE o.channel_id = %s AND %s AND o.operation = ANY(%s)
                     ORDER BY o.priority DESC, o.id LIMIT 1
                    """,
                    self.channel_id,
                    condition,
                    verb_names,
                )
            )
            row = cr.fetchone()
            if row is None:
                return None, []
            verb = self.verbs[row[0]]
            condition = SQL("%s AND %s", condition, ELSEWHERE if row[1] else AT_THE_CHANNEL)
            cr.execute(self._take_query(condition, verb, changes, limit))
            rows = sorted(cr.fetchall(), key=lambda r: (-(r[8] or 0), r[0]))
        return verb, [self._claimed(row) for row in rows]

    def _take_query(self, condition, verb, changes, limit):
        return SQL(
            """
            WITH claimed AS (
                SELECT o.id FROM orion_operation o
                 WHERE o.channel_id = %(channel)s AND o.operation = %(verb)s AND %(condition)s
                 ORDER BY o.priority DESC, o.id
                 LIMIT %(limit)s
                   FOR UPDATE OF o SKIP LOCKED
            )
            UPDATE orion_operation o
               SET %(changes)s lease_token = %(token)s,
                   lease_until = %(now)s + make_interval(secs => %(lease)s)
              FROM claimed
             WHERE o.id = claimed.id
         RETURNING %(columns)s
            """,
            channel=self.channel_id,
            verb=verb.name,
            condition=condition,
            limit=limit or verb.batch_size * CHUNK,
            changes=changes,
            token=self.token,
            now=NOW,
            lease=LEASE_SECONDS,
            columns=COLUMNS,
        )

    @staticmethod
    def _claimed(row):
        op_id, key, verb, payload, attempts, max_attempts, deferrals, sent_at, _, elsewhere = row
        return Claimed(
            id=op_id,
            attempts=attempts or 0,
            max_attempts=max_attempts or 0,
            deferrals=deferrals or 0,
            elsewhere=bool(elsewhere),
            request=OperationRequest(
                reference=key,
                verb=verb,
                payload=payload or {},
                sent_at=sent_at and sent_at.replace(tzinfo=timezone.utc),
            ),
        )

    def claim_unknown(self):
        """Claim operations to ask the marketplace about; `(verb, claimed)`."""
        names = [v.name for v in self.verbs.values() if v.repeat is Repeat.RECONCILABLE]
        return self._take(UNSETTLED, names, SQL(""))

    # === WRITING OUTCOMES === #

    def _sent(self, groups):
        return SQL(
            """
            UPDATE orion_operation
               SET sent_at = %(now)s, lease_until = %(now)s + make_interval(secs => %(lease)s)
             WHERE id = ANY(%(ids)s) AND lease_token = %(token)s
            """,
            now=NOW,
            lease=LEASE_SECONDS,
            ids=_ids(groups),
            token=self.token,
        )

    def record(self, run, calls, rule, following=(), released=(), called=True):
        """Commit the outcomes of calls, together with the start of the next ones.

        :param calls: `[(group, results by reference)]`, one after the other
        :param following: groups that are called next; marked as sent
        :param released: groups that were claimed and not called
        :param called: whether the marketplace was called, which tells of its health
        """
        decisions = [
            (c, rule(run.verb, c, results[c.request.reference]))
            for group, results in calls
            for c in group
        ]
        run.decisions.extend(decisions)
        with self._transaction() as cr:
            statements = [self._outcomes(run, decisions)]
            failed = [c for c, decision in decisions if decision.status == "failed"]
            if failed:
                statements.append(self._cancelled_followers(failed))
            if following:
                statements.append(self._sent(following))
            if released:
                statements.append(self._released(released))
            # one way to the database and back: they are most of what an operation costs
            cr.execute(SQL("; ").join(statements))
            if called:
                for _group, results in calls:
                    self._note_health(cr, results)

    def _note_health(self, cr, results):
        """Close the circuit only where a look has not shown yet that it is closed."""
        healthy = circuit.is_healthy(results.values())
        if not healthy or not self.known_healthy:
            circuit.record(cr, self.channel_id, [r.error for r in results.values()])
        self.known_healthy = healthy

    def _outcomes(self, run, decisions):
        rows = [
            {
                "id": claimed.id,
                "status": d.status,
                "attempts": d.attempts,
                "deferrals": d.deferrals,
                "delay": d.delay,
                "response": d.response,
                "error_code": d.error_code,
                "error_message": d.error_message,
                "error_sentence": d.error_sentence,
                "notify": d.status in CLOSED or d.status == "unknown",
                "tell": d.tell,
            }
            for claimed, d in decisions
        ]
        return SQL(
            """
            UPDATE orion_operation o
               SET status = v.status, response_data = COALESCE(v.response, o.response_data),
                   next_attempt_at = %(now)s + make_interval(secs => v.delay),
                   attempts = v.attempts, deferrals = v.deferrals,
                   error_code = v.error_code, error_message = v.error_message,
                   error_sentence = v.error_sentence,
                   completed_at = CASE WHEN v.status = 'completed' THEN %(now)s END,
                   applied = CASE WHEN v.tell AND o.told_unknown IS NOT TRUE THEN FALSE
                             WHEN v.status = o.status THEN o.applied
                             ELSE NOT v.notify
                                  OR (o.res_model IS NULL AND v.status <> 'failed'
                                      AND o.told_unknown IS NOT TRUE) END,
                   apply_attempts = CASE WHEN v.status = o.status THEN o.apply_attempts
                                    ELSE 0 END,
                   apply_after = CASE WHEN v.status = o.status THEN o.apply_after END,
                   apply_error = CASE WHEN v.status = o.status THEN o.apply_error END,
                   lease_token = NULL, lease_until = NULL, log_id = %(log)s,
                   write_date = %(now)s
              FROM jsonb_to_recordset(%(rows)s::jsonb) AS v (
                   id int, status text, attempts int, deferrals int, delay float8,
                   response jsonb, error_code text, error_message text,
                   error_sentence jsonb, notify bool, tell bool)
             WHERE o.id = v.id AND o.lease_token = %(token)s
            """,
            now=NOW,
            log=run.log_id,
            rows=json.dumps(rows),
            token=self.token,
        )

    def start_run(self, verb, groups=()):
        """Open a line of the log, and mark the first groups as sent."""
        with self._transaction() as cr:
            cr.execute(opened(self.channel_id, self.company_id, verb))
            run = Run(verb, cr.fetchone()[0])
            if groups:
                cr.execute(self._sent(groups))
        return run

    def end_run(self, run):
        """Close the run's line of the log."""
        with self._transaction() as cr:
            cr.execute(closed(run))

    def _released(self, groups):
        return SQL(
            """
            UPDATE orion_operation
               SET status = 'pending', sent_at = NULL, lease_token = NULL, lease_until = NULL
             WHERE id = ANY(%s) AND lease_token = %s
            """,
            _ids(groups),
            self.token,
        )

    def _cancelled_followers(self, failed):
        """What waited behind a failed operation is cancelled, and revives with its retry."""
        return SQL(
            """
            UPDATE orion_operation follower
               SET status = 'cancelled', applied = FALSE, blocked_by_id = failed.id,
                   sent_at = NULL, cancel_reason = %(reason)s || failed.id
              FROM orion_operation failed
             WHERE failed.id = ANY(%(ids)s) AND failed.status = 'failed'
               AND follower.ordering_key = failed.ordering_key
               AND follower.id <> failed.id AND follower.status = 'pending'
            """,
            ids=[c.id for c in failed],
            reason="Waited behind failed operation ",
        )


def _ids(groups):
    return [claimed.id for group in groups for claimed in group]
