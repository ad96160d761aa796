"""The circuit of a channel: after a refused key or a service that is down, no more calls
until the credential changes or a probe, at growing intervals, succeeds.

The row is written only when something changes, so it is no hot row. Where two write it at the
same time, the one whose snapshot is older begins its transaction anew (Odoo does it for requests,
`engine.jobs` for runs; outcomes are read committed): no error for the log.
"""

import json

from odoo import SUPERUSER_ID
from odoo.tools import SQL

from ..lib.backoff import Backoff
from ..lib.errors import RateLimited, RetryLater, Unauthorised, UnknownOutcome
from .cursors import NOW

#: A service that failed this often in a row is taken to be down.
FAILURES_TO_OPEN = 3
#: Waits between two probes, in seconds.
PROBE = Backoff(base=5.0, cap=900.0)


def is_healthy(results):
    """Whether further calls make sense after these results."""
    return not any(_is_trouble(r.error) for r in results)


def _is_trouble(error):
    return isinstance(error, (Unauthorised, RetryLater, UnknownOutcome))


def record(cr, channel_id, errors):
    """Note how a call went, inside the caller's transaction.

    :param errors: one error or None per request of the call
    """
    trouble = next((error for error in errors if _is_trouble(error)), None)
    if trouble is None:
        _close(cr, channel_id)
    elif isinstance(trouble, RateLimited):
        _pause(cr, channel_id, trouble.retry_after)
    else:
        _fail(cr, channel_id, trouble)


def reset(cr, channel_ids):
    """Forget all trouble of these channels: somebody changed the key or asked to try again.

    The time of the next probe stays, as now, until a call has succeeded. A channel without trouble
    is left alone: a worker may be writing about it, and the caller's transaction would collide.
    """
    _write(
        cr,
        SQL(
            "UPDATE orion_circuit SET state = 'closed', failure_count = 0, next_probe_at = %s,"
            " reason = NULL, sentence = NULL, notified = notified AND state = 'closed'"
            " WHERE channel_id = ANY(%s) AND (state <> 'closed' OR failure_count > 0 OR notified"
            " OR next_probe_at IS NOT NULL OR reason IS NOT NULL)",
            NOW,
            list(channel_ids),
        ),
    )


def _close(cr, channel_id):
    _write(
        cr,
        "UPDATE orion_circuit SET state = 'closed', failure_count = 0, next_probe_at = NULL,"
        " reason = NULL, sentence = NULL, error_code = NULL, notified = FALSE"
        " WHERE channel_id = %s"
        " AND (failure_count > 0 OR state = 'open' OR next_probe_at IS NOT NULL)",
        (channel_id,),
    )


def _pause(cr, channel_id, seconds):
    _ensure(cr, channel_id)
    wait = PROBE.probe_interval(1) if seconds is None else seconds
    _write(
        cr,
        SQL(
            "UPDATE orion_circuit SET next_probe_at = %s + make_interval(secs => %s)"
            " WHERE channel_id = %s",
            NOW,
            wait,
            channel_id,
        ),
    )


def _fail(cr, channel_id, error):
    _ensure(cr, channel_id)
    _write(
        cr,
        "SELECT state, failure_count FROM orion_circuit WHERE channel_id = %s FOR UPDATE",
        (channel_id,),
    )
    state, failures = cr.fetchone()
    failures = (failures or 0) + 1
    is_open = isinstance(error, Unauthorised) or failures >= FAILURES_TO_OPEN
    pause = getattr(error, "retry_after", None)
    _write(
        cr,
        SQL(
            """
            UPDATE orion_circuit
               SET failure_count = %(failures)s, state = %(state)s, reason = %(reason)s,
                   sentence = %(sentence)s::jsonb, error_code = %(code)s,
                   opened_at = CASE WHEN %(opens)s THEN %(now)s ELSE opened_at END,
                   notified = notified AND NOT %(opens)s,
                   next_probe_at = %(now)s + make_interval(secs => %(pause)s)
             WHERE channel_id = %(channel)s
            """,
            failures=failures,
            state="open" if is_open else "closed",
            reason=error.message,
            sentence=json.dumps(error.sentence) if error.sentence else None,
            code=error.code,
            opens=is_open and state != "open",
            now=NOW,
            pause=PROBE.probe_interval(failures) if pause is None else pause,
            channel=channel_id,
        ),
    )


def _ensure(cr, channel_id):
    _write(
        cr,
        SQL(
            """
            INSERT INTO orion_circuit (channel_id, company_id, state, failure_count, notified,
                                       create_uid, create_date, write_uid, write_date)
            SELECT id, company_id, 'closed', 0, TRUE, %(user)s, %(now)s, %(user)s, %(now)s
              FROM orion_channel WHERE id = %(channel)s
                ON CONFLICT (channel_id) DO NOTHING
            """,
            user=SUPERUSER_ID,
            now=NOW,
            channel=channel_id,
        ),
    )


def _write(cr, statement, parameters=None):
    """Run a statement that may collide with another writer, who is then first."""
    cr.execute(statement, parameters, log_exceptions=False)
