"""What the cron workers of a running server send in a second."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from odoo.modules.registry import Registry

from benchmarks import outbox, shop
from tools.sandbox_server import SandboxServer

_CHANNELS = 4
_WARM_UP = 20
_MOST_SECONDS = 300


def measure(registry: Registry, operations: int, latency_ms: int, name: str) -> dict[str, float]:
    """Give work to the workers of a server that runs on this database, and watch the clock.

    One channel is never called twice at the same time, so there are several.
    """
    with SandboxServer(*shop.NO_ORDERS, f"--latency-ms={latency_ms}") as sandbox:
        shipments = shop.add_orders(sandbox, operations + _WARM_UP, lines=1, decided=True)
        payloads = outbox.tracking_payloads(shipments)
        channels = [
            shop.connect(registry, f"{name} {number}", sandbox) for number in range(_CHANNELS)
        ]
        # first work wakes the workers and has them load what they need
        _give(registry, channels, payloads[:_WARM_UP])
        seconds = _give(registry, channels, payloads[_WARM_UP:])
    return {"seconds": seconds, "sent_a_second": operations * _CHANNELS / seconds}


def _give(registry: Registry, channels: Sequence[int], payloads: Sequence[dict[str, Any]]) -> float:
    """Seconds from the first request to the last outcome, by the database's clock."""
    for channel in channels:
        outbox.enqueue(registry, channel, "set_tracking", payloads)
    deadline = time.monotonic() + _MOST_SECONDS
    while any(outbox.count_not_completed(registry, channel) for channel in channels):
        if time.monotonic() > deadline:
            raise RuntimeError("The server's workers do not empty the queue.")
        time.sleep(0.5)
    keys = [
        f"set_tracking:{channel}:{payload['order']}" for channel in channels for payload in payloads
    ]
    with registry.cursor() as cr:
        cr.execute(
            "SELECT EXTRACT(EPOCH FROM max(completed_at) - min(sent_at))::float8"
            " FROM orion_operation WHERE idempotency_key = ANY(%s)",
            [keys],
        )
        return float(cr.fetchone()[0])
