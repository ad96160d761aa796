"""One worker in a process of its own, which can be killed at a chosen point.

    python -m tests.support.worker_process --config odoo.conf --database NAME [--kill-at POINT]

Without a point it works until there is nothing to do. With one, it ends itself by SIGKILL,
the way a power cut or an out-of-memory killer would, when it first comes there.
"""

from __future__ import annotations

import argparse
import os
import signal
from collections.abc import Callable
from typing import Any

#: point: (where the function lives, its name, whether to die before or after it); at its second
#: call where the point says so
KILL_POINTS = {
    "before claim": ("outbox_store.OutboxStore", "claim", "before"),
    "after claim": ("outbox_store.OutboxStore", "claim", "after"),
    "after sent_at": ("outbox_store.OutboxStore", "start_run", "after"),
    "before answer is kept": ("outbox.Outbox", "_call", "after"),
    "within outcome": ("outbox_store.OutboxStore", "_note_health", "after"),
    "after outcome": ("outbox_store.OutboxStore", "record", "after"),
    "before recovery": ("outbox_store.OutboxStore", "recover", "before"),
    "within recovery": ("outbox_store.OutboxStore", "_close_lost_runs", "after"),
    "after recovery": ("outbox_store.OutboxStore", "recover", "after"),
    "before claim of unknown": ("outbox_store.OutboxStore", "claim_unknown", "before"),
    "after claim of unknown": ("outbox_store.OutboxStore", "claim_unknown", "after"),
    "before question": ("outbox.Outbox", "_call", "before"),
    "before log is closed": ("outbox_store.OutboxStore", "end_run", "before"),
    "within consequence": ("consequences", "_apply_together", "after"),
    "within single consequence": ("consequences", "_apply_one", "after"),
    "after consequence": ("worker", "apply_consequences", "after"),
    "before job step": ("jobs.JobRunner", "_write_step", "before"),
    "within job step": ("jobs.JobRunner", "_write_step", "after"),
    "within second job step": ("jobs.JobRunner", "_write_step", "after"),
    "before job ends": ("jobs.JobRunner", "_conclude", "before"),
    "after job": ("jobs.JobRunner", "_conclude", "after"),
}


def _die(*_args: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _arm(point: str) -> None:
    from odoo.addons.orion_base import engine

    path, name, moment = KILL_POINTS[point]
    owner: Any = engine
    for part in path.split("."):
        owner = getattr(owner, part)
    original: Callable[..., Any] = getattr(owner, name)
    calls_to_survive = 1 if "second" in point else 0

    def deadly(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls_to_survive
        calls_to_survive -= 1
        if moment == "before" and calls_to_survive < 0:
            _die()
        result = original(*args, **kwargs)
        if calls_to_survive < 0:
            _die()
        return result

    setattr(owner, name, deadly)


def main() -> None:
    """Work, and perhaps die."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--kill-at", choices=sorted(KILL_POINTS))
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()

    from odoo.tools import config

    config.parse_config(["-c", options.config, "-d", options.database])
    from odoo.modules.registry import Registry

    registry = Registry(options.database)
    from odoo.addons.orion_base.engine import Worker

    if options.kill_at:
        _arm(options.kill_at)
    Worker(registry).run(options.seconds)


if __name__ == "__main__":
    main()
