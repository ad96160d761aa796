"""Waking the workers when a transaction that gave them work commits."""

import threading
import time

#: A trigger inserts a row per worker slot: at most one set a second and process. The
#: worker looks again for longer than this before it rests (`worker.LINGER_SECONDS`), so
#: that work committed behind a swallowed wake-up is found all the same.
THROTTLE_SECONDS = 1.0

_last_wake = {}
_guard = threading.Lock()


def wake_workers(env, at_once=False):
    """Wake the worker slots when the current transaction commits; cheap to call often.

    :param at_once: however recently they were woken, as when they rested because they might
        not work at all
    """
    if at_once:
        with _guard:
            _last_wake.pop(env.cr.dbname, None)
    precommit = env.cr.precommit
    if "orion.wake" in precommit.data:
        return
    precommit.data["orion.wake"] = True
    precommit.add(lambda: _trigger(env))


def _trigger(env):
    env.cr.precommit.data.pop("orion.wake", None)
    database = env.cr.dbname
    if time.monotonic() - _last_wake.get(database, float("-inf")) < THROTTLE_SECONDS:
        return
    for cron in env["orion.engine"].sudo()._worker_slots():
        cron._trigger()
    # only a committed trigger wakes anybody; one rolled back must not silence the next
    env.cr.postcommit.add(lambda: _remember(database))


def _remember(database):
    with _guard:
        _last_wake[database] = time.monotonic()
