"""Statements for the lines of the sync log that the outbox writes, one a run."""

import time

from psycopg2.extras import Json

from odoo import SUPERUSER_ID
from odoo.tools import SQL

from .cursors import NOW


def opened(channel_id, company_id, verb):
    """A new line; returns its id."""
    return SQL(
        """
        INSERT INTO orion_sync_log (
            channel_id, company_id, operation_type, direction, status, started_at,
            triggered_by, create_uid, create_date, write_uid, write_date)
        VALUES (%(channel)s, %(company)s, %(verb)s, 'outbound', 'running', %(now)s,
                'scheduler', %(user)s, %(now)s, %(user)s, %(now)s)
        RETURNING id
        """,
        channel=channel_id,
        company=company_id,
        verb=verb.name,
        now=NOW,
        user=SUPERUSER_ID,
    )


def closed(run):
    """What a run has done.

    :param run: `claims.Run`
    """
    failures = run.failures()
    return SQL(
        """
        UPDATE orion_sync_log
           SET status = %(status)s, records_processed = %(total)s,
               records_succeeded = %(total)s - %(failed)s, records_failed = %(failed)s,
               total_records = %(total)s, error_details = %(errors)s,
               completed_at = %(now)s, duration_seconds = %(seconds)s
         WHERE id = %(log)s
        """,
        status=run.status(),
        total=len(run.decisions),
        failed=len(failures),
        errors=Json(failures) if failures else None,
        now=NOW,
        seconds=time.monotonic() - run.started,
        log=run.log_id,
    )


def lost_runs_closed(channel_id):
    """We have the channel: whoever opened these lines is gone, also one that only asked."""
    return SQL(
        """
        UPDATE orion_sync_log SET status = 'failed', completed_at = %s
         WHERE channel_id = %s AND direction = 'outbound' AND status = 'running'
           AND completed_at IS NULL
        """,
        NOW,
        channel_id,
    )
