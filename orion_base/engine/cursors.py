"""Cursors and locks of the engine."""

import select
from contextlib import contextmanager

from psycopg2.errors import LockNotAvailable
from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED, TransactionRollbackError

from odoo import SUPERUSER_ID, api
from odoo.sql_db import Cursor
from odoo.tools import SQL

#: First half of a channel's advisory locks: "ORIO" and "ORIC" in ASCII. Its calls: marketplaces
#: want no parallel calls for one key, and a channel that hangs holds up one worker only. Its
#: outcomes: what follows from them is done in their order, while the next calls are made.
CALLS_LOCK = 0x4F52494F
OUTCOMES_LOCK = 0x4F524943

#: The database's clock as Odoo stores times: UTC without zone.
NOW = SQL("(clock_timestamp() AT TIME ZONE 'UTC')")


@contextmanager
def read_committed(registry):
    """A cursor of its own in READ COMMITTED; what is not committed is rolled back.

    Under Odoo's REPEATABLE READ, `SKIP LOCKED` raises a serialization error for a row
    that another worker changed after our snapshot. Only a real cursor has a transaction
    whose isolation can be chosen. Odoo sets the isolation of every new cursor, so the
    connection goes back to the pool as it came.
    """
    cr = registry.cursor()
    try:
        if isinstance(cr, Cursor):
            cr.connection.set_isolation_level(ISOLATION_LEVEL_READ_COMMITTED)
        yield cr
    finally:
        cr.close()


def is_connected(cr):
    """False once the server has closed the connection, as far as that shows without asking."""
    if not isinstance(cr, Cursor):
        return True
    if cr.closed:
        return False
    unread = select.poll()
    unread.register(cr.connection.fileno(), select.POLLIN)
    return not unread.poll(0)


@contextmanager
def work_environment(registry, company_id=None):
    """Environment on a cursor of its own for work of the system, committed by the caller."""
    context = {"allowed_company_ids": [company_id]} if company_id else {}
    with registry.cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, context)


def hold_rows(records, skip_locked=False):
    """Hold rows for the rest of the transaction, in the order of their ids.

    Who comes second waits. If the row was changed meanwhile, their transaction is begun anew (Odoo
    does it for requests, `engine.jobs` for runs): expected, so no error for the log.

    :param skip_locked: leave out those that others hold, instead of waiting
    :return: the records that are held; those that are gone are not among them
    :raise psycopg2.extensions.TransactionRollbackError: to be begun again
    """
    if not records:
        return records
    records.flush_recordset()
    records.env.cr.execute(
        SQL(
            "SELECT id FROM %s WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE%s",
            SQL.identifier(records._table),
            records.ids,
            SQL(" SKIP LOCKED") if skip_locked else SQL(),
        ),
        log_exceptions=False,
    )
    return records.browse(row[0] for row in records.env.cr.fetchall())


def hold_free_rows(records):
    """Hold those of these rows that nobody else works on, for a transaction that is not to wait
    or be begun anew because of them.

    :return: the records that are held; none where one of them was changed since our snapshot
    """
    records.flush_recordset()
    try:
        with records.env.cr.savepoint(flush=False):
            return hold_rows(records, skip_locked=True)
    except TransactionRollbackError:
        return records.browse()


def try_lock_channel(cr, lock, channel_id):
    """Take one of a channel's locks for the rest of the transaction; False when another has it.

    The lock ends with its connection, so a killed worker leaves none behind.
    """
    cr.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", (lock, channel_id))
    return cr.fetchone()[0]


def lock_channel(cr, lock, channel_id, seconds):
    """Wait at most `seconds` for one of a channel's locks; False when another still has it.

    Who takes both takes that of the calls first.
    """
    cr.execute("SAVEPOINT orion_channel_lock")
    cr.execute("SELECT set_config('lock_timeout', %s, true)", (f"{int(seconds * 1000)}ms",))
    try:
        cr.execute("SELECT pg_advisory_xact_lock(%s, %s)", (lock, channel_id), log_exceptions=False)
    except LockNotAvailable:
        cr.execute("ROLLBACK TO SAVEPOINT orion_channel_lock")
        return False
    cr.execute("SELECT set_config('lock_timeout', '0', true)")
    return True
