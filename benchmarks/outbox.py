"""What the outbox sends in a second, through the real client, over HTTP."""

from __future__ import annotations

import http.client
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from odoo.modules.registry import Registry

from benchmarks import shop
from benchmarks.shop import NO_ORDERS
from tools.sandbox_server import SandboxServer

#: Far beyond what is measured: a queue that does not empty is a fault.
_MOST_SECONDS = 600
_WARM_UP = 100
_COMMITS = 100


def measure(
    registry: Registry, single: int, batched: int, confirmed: int, latency_ms: int
) -> dict[str, Any]:
    """Measure one worker.

    :param single: operations sent one a request
    :param batched: operations of which 50 go in one request
    :param confirmed: sale orders confirmed at a marketplace that takes `latency_ms` to answer
    """
    shop.move_to_luxembourg(registry)
    result: dict[str, Any] = {
        "commit_ms": _commit_ms(registry),
        "single": _bare(registry, "set_tracking", single),
        "batched": _bare(registry, "confirm", batched),
        "confirmed": _confirm(registry, confirmed, latency_ms),
    }
    print(result, file=sys.stderr, flush=True)
    return result


def _commit_ms(registry: Registry) -> float:
    """Milliseconds of a commit: what the outbox pays at least once a request."""
    with registry.cursor() as cr:
        cr.execute("CREATE TABLE orion_bench_commit (number int)")
        cr.commit()
        started = time.perf_counter()
        for number in range(_COMMITS):
            cr.execute("INSERT INTO orion_bench_commit VALUES (%s)", [number])
            cr.commit()
        took = time.perf_counter() - started
        cr.execute("DROP TABLE orion_bench_commit")
    return 1000 * took / _COMMITS


def _bare(registry: Registry, verb: str, count: int) -> dict[str, float]:
    """Operations without a business record: the outbox itself, no consequence in Odoo."""
    with SandboxServer(*NO_ORDERS) as sandbox:
        shop.create_products(registry, sandbox.catalogue())
        channel = shop.connect(registry, f"Outbox {verb}", sandbox)
        tracking = verb == "set_tracking"
        total = count + _WARM_UP
        shipments = shop.add_orders(sandbox, total, lines=1, decided=tracking)
        payloads = tracking_payloads(shipments) if tracking else _confirmations(sandbox, total)
        _send(registry, channel, verb, payloads[:_WARM_UP])
        result = _send(registry, channel, verb, payloads[_WARM_UP:])
    return {"operations": count, **{name: count / value for name, value in result.items()}}


def _send(
    registry: Registry, channel: int, verb: str, payloads: Sequence[dict[str, Any]]
) -> dict[str, float]:
    """Enqueue and send; seconds of each."""
    started = time.perf_counter()
    enqueue(registry, channel, verb, payloads)
    enqueued = time.perf_counter()
    with _watching_answers() as waiting:
        drain(registry)
    seconds = time.perf_counter() - enqueued
    wrong = count_not_completed(registry, channel)
    if wrong:
        raise RuntimeError(f"{wrong} operations of {verb} were not completed.")
    return {
        "sent_a_second": seconds,
        "without_waiting_a_second": seconds - waiting[0],
        "enqueued_a_second": enqueued - started,
    }


def _confirm(registry: Registry, count: int, latency_ms: int) -> dict[str, float]:
    """Confirm imported orders: the marketplace is told, then the sale orders are confirmed."""
    with SandboxServer(*NO_ORDERS) as sandbox:
        shop.create_products(registry, sandbox.catalogue())
        channel = shop.connect(registry, "Confirmations", sandbox)
        # some articles are unknown in the shop's own books, and such orders wait for a person
        shop.add_orders(sandbox, count + count // 5)
        shop.import_orders(registry, channel)
        sandbox.control("POST", "settings", latency_ms=latency_ms)
        with shop.environment(registry) as env:
            orders = env["sale.order"].search([("orion_channel_id", "=", channel)])
            orders = orders.filtered(lambda order: not order.orion_unmatched_count)[:count]
            started = time.perf_counter()
            orders.orion_confirm()
        asked = time.perf_counter()
        with _watching_answers() as waiting:
            drain(registry)
        ended = time.perf_counter()
        with shop.environment(registry) as env:
            orders = orders.with_env(env)
            if set(orders.mapped("state")) != {"sale"} or not all(orders.mapped("picking_ids")):
                raise RuntimeError("Not every order was confirmed.")
    return {
        "orders": len(orders),
        "asking_seconds": asked - started,
        "seconds": ended - asked,
        "waiting_seconds": waiting[0],
    }


def tracking_payloads(shipments: Sequence[str]) -> list[dict[str, Any]]:
    """What `set_tracking` is told of these shipments."""
    return [
        {"order": shipment, "tracking_number": f"TRACK{number:06d}", "carrier": "dhl"}
        for number, shipment in enumerate(shipments)
    ]


def _confirmations(sandbox: SandboxServer, count: int) -> list[dict[str, Any]]:
    shipments = sandbox.control("GET", f"shipments?state=unconfirmed&limit={count}")
    return [
        {"order": shipment["id"], "units": [unit["id"] for unit in shipment["units"]]}
        for shipment in shipments
    ]


def enqueue(
    registry: Registry, channel_id: int, verb: str, payloads: Sequence[dict[str, Any]]
) -> None:
    """Write operations and commit."""
    with shop.environment(registry) as env:
        env["orion.operation"]._enqueue(
            env["orion.channel"].browse(channel_id),
            verb,
            [
                {
                    "idempotency_key": f"{verb}:{channel_id}:{payload['order']}",
                    "ordering_key": f"bench,{channel_id},{payload['order']}",
                    "payload": payload,
                }
                for payload in payloads
            ],
        )


def drain(registry: Registry) -> None:
    """Have one worker work until nothing is left to do."""
    from odoo.addons.orion_base.engine import Worker

    worker = Worker(registry)
    deadline = time.monotonic() + _MOST_SECONDS
    while worker.step():
        if time.monotonic() > deadline:
            raise RuntimeError("The queue does not empty.")


def count_not_completed(registry: Registry, channel_id: int) -> int:
    """Operations of a channel that are not completed, or not applied."""
    with shop.environment(registry) as env:
        return int(
            env["orion.operation"].search_count(
                [
                    ("channel_id", "=", channel_id),
                    "|",
                    ("status", "!=", "completed"),
                    ("applied", "=", False),
                ]
            )
        )


@contextmanager
def _watching_answers() -> Iterator[list[float]]:
    """Seconds spent on waiting for the marketplace's answers meanwhile."""
    waiting = [0.0]
    original = http.client.HTTPConnection.getresponse

    def getresponse(self: Any, *args: Any, **kwargs: Any) -> Any:
        started = time.perf_counter()
        try:
            return original(self, *args, **kwargs)
        finally:
            waiting[0] += time.perf_counter() - started

    http.client.HTTPConnection.getresponse = getresponse
    try:
        yield waiting
    finally:
        http.client.HTTPConnection.getresponse = original
