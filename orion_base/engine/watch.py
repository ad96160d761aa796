"""Who waits for what becomes due within seconds.

A trigger of Odoo's in the future is looked at once a minute, so sooner work is waited for
awake. One idle worker of the database does that, and the others rest. Nothing is lost:

- who leaves the watch looks once more afterwards, and comes back when something is planned;
- who leaves it in order to work first calls the others when there is more to do or to wait for;
- the lock ends with its connection, and the trigger that started a killed worker's scheduled
  action is still there.
"""

from contextlib import ExitStack

from .cursors import read_committed

#: Advisory lock of the database; "ORIW" in ASCII.
WATCH_LOCK = 0x4F524957


class Watch:
    """The watch of one worker; no transaction is open while it is kept."""

    def __init__(self, registry):
        self.registry = registry
        self._kept = None

    def keep(self):
        """Take the watch, or keep it; False when another worker has it."""
        if self._kept:
            return True
        with ExitStack() as stack:
            cr = stack.enter_context(read_committed(self.registry))
            # of the session, not of a transaction: it lasts while the worker sleeps
            cr.execute("SELECT pg_try_advisory_lock(%s)", (WATCH_LOCK,))
            (taken,) = cr.fetchone()
            cr.commit()
            if not taken:
                return False
            stack.callback(self._unlock, cr)
            self._kept = stack.pop_all()
        return True

    def leave(self):
        """Give the watch up; answers whether we had it."""
        if not self._kept:
            return False
        kept, self._kept = self._kept, None
        kept.close()
        return True

    def is_kept(self):
        """Whether somebody has the watch."""
        if self._kept:
            return True
        free = self.keep()
        self.leave()
        return not free

    @staticmethod
    def _unlock(cr):
        cr.execute("SELECT pg_advisory_unlock(%s)", (WATCH_LOCK,))
        cr.commit()
