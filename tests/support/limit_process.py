"""Processes that ask one supplier on one account at the same time.

    python -m tests.support.limit_process --config odoo.conf --database NAME --options JSON

The registry is loaded once; then each of them is forked, with database connections of its own.
Answers `ANSWER <JSON>` in the end.
"""

from __future__ import annotations

import argparse
import json
import os
import time
import traceback
from collections.abc import Callable
from typing import Any

PROCESSES = 2
#: Turns of a rate that brings no new ones while the test lasts, and tries of each process.
TURNS, TRIES = 50, 40


def connect(registry: Any, endpoint: str, key: str) -> int:
    """A channel whose own limit is none."""
    from odoo import SUPERUSER_ID, api

    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
        env["orion.schedule"].search([]).enabled = False
        channel = env["orion.channel"].create(
            {
                "name": "Supplier",
                "marketplace": "codeswholesale",
                "api_endpoint": endpoint,
                "state": "connected",
                "requests_per_second": 0,
            }
        )
        channel.set_credentials(api_key=key)
        cr.commit()
        return int(channel.id)


def take_turns(registry: Any) -> int:
    """How many turns this process gets of one rate."""
    from odoo.addons.orion_base.engine.rate_limit import DatabaseRateLimiter
    from odoo.addons.orion_base.lib.rate_limit import Rate

    limiter = DatabaseRateLimiter(registry.db_name)
    rate = Rate(1e-6, TURNS)
    return sum(limiter.reserve("turns", rate, 0) == 0 for _try in range(TRIES))


def read_pages(registry: Any, channel_id: int, pages: int, limit: tuple[int, float]) -> int:
    """Ask for so many pages, as the job does: what is told to come later is asked for then.

    :return: how many were read
    """
    from odoo import SUPERUSER_ID, api

    from odoo.addons.orion_base.adapters import open_adapter
    from odoo.addons.orion_codeswholesale.lib import limits

    limits.LIMITS[limits.LIST] = limit
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        adapter = open_adapter(env["orion.channel"].browse(channel_id), "catalogue")
    read = 0
    while read < pages:
        read += _read_page(adapter)
    return read


def _read_page(adapter: Any) -> int:
    """1 once it is read; 0 when the time for it has not come, which is waited for."""
    from odoo.addons.orion_base.lib.errors import RateLimited

    try:
        adapter.page(None, None)
    except RateLimited as error:
        time.sleep(error.retry_after or 0.1)
        return 0
    return 1


def at_once(job: Callable[[], int]) -> list[int]:
    """What each process says of the job."""
    pipes = [_start(job) for _process in range(PROCESSES)]
    answers = []
    for pid, reader in pipes:
        with os.fdopen(reader) as stream:
            answers.append(int(stream.read() or -1))
        os.waitpid(pid, 0)
    return answers


def _start(job: Callable[[], int]) -> tuple[int, int]:
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return pid, reader
    try:
        os.write(writer, str(job()).encode())
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(1)


def main() -> None:
    """Both experiments."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--options", required=True, type=json.loads)
    given = parser.parse_args()

    from odoo import sql_db
    from odoo.tools import config

    config.parse_config(["-c", given.config, "-d", given.database])
    from odoo.modules.registry import Registry

    registry = Registry(given.database)
    options = given.options
    channel_id = connect(registry, options["endpoint"], options["key"])
    # nothing is shared with those that are forked
    sql_db.close_all()
    turns = at_once(lambda: take_turns(registry))
    limit = (options["most"], options["seconds"])
    pages = at_once(lambda: read_pages(registry, channel_id, options["pages"], limit))
    print("ANSWER", json.dumps({"turns": turns, "pages": pages}), flush=True)


if __name__ == "__main__":
    main()
