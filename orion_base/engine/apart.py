"""Facts about the world outside, kept whatever becomes of the transaction that learns them.

A label that was bought is paid for, also when the delivery it is for cannot be validated after
all. Odoo would roll its number back with the rest, and the next try would buy it again.
"""

from contextlib import contextmanager

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL

from .cursors import read_committed

#: First half of the advisory locks: "ORIA" and "ORIU" in ASCII.
APART_LOCK = 0x4F524941
UNDER_WAY_LOCK = 0x4F524955


@contextmanager
def committed(env):
    """Environment of the system in a READ COMMITTED transaction of its own, committed at the end
    of the block, or rolled back by an exception.

    Several may run at once; rows are taken with `FOR UPDATE SKIP LOCKED`. What the caller has not
    committed is not there, and its transaction may hold no lock that is waited for here.

    :param env: whose database and company
    """
    with read_committed(env.registry) as cr:
        yield api.Environment(cr, SUPERUSER_ID, {"allowed_company_ids": env.company.ids})
        cr.commit()


@contextmanager
def apart(env, key):
    """Environment of the system in a transaction of its own, committed at the end of the block,
    or rolled back by an exception. One at a time for each key: the second waits for the first, and
    then sees what it has kept.

    What the caller has not committed is not there; what is written here the caller does not see in
    its transaction. So records are looked for and written here, and only plain values leave.

    :param env: whose database and companies
    :param key: text that says what is done once
    """
    # READ COMMITTED: what the first one has kept is seen by the second, which began before
    with committed(env) as own:
        own.cr.execute(SQL("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", APART_LOCK, key))
        yield own


@contextmanager
def under_way(env, key):
    """Hold a key while something is done outside, which may take long: nobody waits for it, and
    who asks for the same key meanwhile is told so. A process that dies leaves nothing behind.

    No transaction is open meanwhile; a connection to the database is.

    :param env: whose database
    :param key: text that says what is under way
    :return: False when somebody else holds it
    """
    with read_committed(env.registry) as cr:
        # of the session, not of a transaction
        cr.execute(SQL("SELECT pg_try_advisory_lock(%s, hashtext(%s))", UNDER_WAY_LOCK, key))
        [is_free] = cr.fetchone()
        cr.commit()
        try:
            yield is_free
        finally:
            if is_free:
                cr.execute(SQL("SELECT pg_advisory_unlock(%s, hashtext(%s))", UNDER_WAY_LOCK, key))
                cr.commit()
