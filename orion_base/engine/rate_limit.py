"""Rates of calls that hold for all processes and machines of a database.

What is kept is one small row for each rate: until when its turns are taken. It is written by one
statement in a transaction of its own, and who waits for its turn holds neither.
"""

from psycopg2 import InterfaceError, OperationalError

from odoo.modules.registry import Registry
from odoo.sql_db import PoolError
from odoo.tools import SQL

from ..lib.errors import RetryLater
from ..lib.sentence import Sentences
from .cursors import NOW, read_committed

_lt = Sentences(__name__)

#: Nobody waits so long for a turn: what is taken further ahead was written before the database's
#: clock was set back.
LONGEST_SECONDS = 3600
#: A wait that is a little too long.
SHORT_SECONDS = 0.001


class DatabaseRateLimiter:
    """A `RateLimiter` of all processes that use the database, by the database's clock.

    :param db_name: its name; a registry would be out of date after the next change of addons
    """

    def __init__(self, db_name):
        self._db_name = db_name

    def reserve(self, name, rate, patience):
        """See `RateLimiter`.

        :raise RetryLater: the database does not answer, so nothing may be called
        """
        try:
            with read_committed(Registry(self._db_name)) as cr:
                cr.execute(self._take(name, rate, patience))
                taken = cr.fetchone()
                if taken is None:
                    cr.execute(self._look(name, rate))
                    # longer than was asked for, though time has passed since then
                    least = patience + SHORT_SECONDS
                    return max([least, *(seconds for [seconds] in cr.fetchall())])
                cr.commit()
                return max(0.0, taken[0])
        except (InterfaceError, OperationalError, PoolError) as error:
            trouble = RetryLater(_lt("The database cannot say whether a call may be made now."))
            trouble.elsewhere = True
            raise trouble from error

    @staticmethod
    def _take(name, rate, patience):
        """Take a turn and say how long it is until then; no row when that is too long.

        Who comes at the same time waits for the row, and then sees what the first has taken. A
        turn that is lost in a crash is worth no wait for the disk.
        """
        return SQL(
            """
            SET LOCAL synchronous_commit TO OFF;
            INSERT INTO orion_rate_limit AS known (name, taken_until)
            VALUES (%(name)s, %(now)s + %(interval)s)
                ON CONFLICT (name) DO UPDATE
               SET taken_until = %(interval)s + CASE
                   WHEN known.taken_until > %(now)s + %(longest)s THEN %(now)s + %(tolerance)s
                   ELSE GREATEST(known.taken_until, %(now)s) END
             WHERE known.taken_until <= %(now)s + %(tolerance)s + %(patience)s
                OR known.taken_until > %(now)s + %(longest)s
            RETURNING EXTRACT(
                EPOCH FROM taken_until - %(interval)s - %(tolerance)s - %(now)s)::float8
            """,
            name=name,
            now=NOW,
            interval=_seconds(rate.interval),
            tolerance=_seconds(rate.tolerance),
            patience=_seconds(patience),
            longest=_seconds(rate.tolerance + rate.interval + LONGEST_SECONDS),
        )

    @staticmethod
    def _look(name, rate):
        return SQL(
            "SELECT EXTRACT(EPOCH FROM taken_until - %s - %s)::float8"
            "  FROM orion_rate_limit WHERE name = %s",
            _seconds(rate.tolerance),
            NOW,
            name,
        )


def _seconds(value):
    return SQL("make_interval(secs => %s)", value)
