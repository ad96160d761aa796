"""What the outbox sends in a second, through the real client, over HTTP."""

from __future__ import annotations

import http.client
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from odoo.modules.registry import Registry

from benchmarks import shop
from benchmarks.helper import helping
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
        "confirmed": _confirm(registry, confirmed, latency_ms, workers=1),
        "confirmed_by_two": _confirm(registry, confirmed, latency_ms, workers=2),
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
        drain(registry, channel)
    seconds = time.perf_counter() - enqueued
    wrong = count_not_completed(registry, channel)
    if wrong:
        raise RuntimeError(f"{wrong} operations of {verb} were not completed.")
    return {
        "sent_a_second": seconds,
        "without_waiting_a_second": seconds - waiting[0],
        "enqueued_a_second": enqueued - started,
    }


def _confirm(registry: Registry, count: int, latency_ms: int, workers: int) -> dict[str, float]:
    """Confirm imported orders: the marketplace is told, then the sale orders are confirmed.

    The times begin when all confirmations are asked for and committed.
    """
    with SandboxServer(*NO_ORDERS) as sandbox:
        shop.create_products(registry, sandbox.catalogue())
        channel = shop.connect(registry, f"Confirmations {workers}", sandbox)
        # some articles are unknown in the shop's own books, and such orders wait for a person
        shop.add_orders(sandbox, count + count // 5)
        shop.import_orders(registry, channel)
        sandbox.control("POST", "settings", latency_ms=latency_ms)
        with helping(registry) if workers > 1 else nullcontext([0.0]) as helper:
            order_ids, asking = _ask(registry, channel, count)
            began, processor = time.monotonic(), time.process_time()
            with _watching_answers() as waiting:
                drain(registry, channel)
            seconds = time.monotonic() - began
            processor = time.process_time() - processor
        answered = [
            request["at"] + request["seconds"]
            for request in sandbox.control("GET", "requests")
            if "confirmInventoryUnits" in request["operations"]
        ]
    _check_confirmed(registry, order_ids)
    return {
        "orders": count,
        "asking_seconds": asking,
        # the clock of both is the machine's
        "told_seconds": max(answered) - began,
        "requests": len(answered),
        "seconds": seconds,
        "waiting_seconds": waiting[0],
        "processor_seconds": processor,
        "helper_processor_seconds": helper[0],
    }


def _ask(registry: Registry, channel: int, count: int) -> tuple[list[int], float]:
    """Ask for the confirmation of as many orders; their ids and the seconds it took."""
    with shop.environment(registry) as env:
        orders = env["sale.order"].search([("orion_channel_id", "=", channel)])
        orders = orders.filtered(lambda order: not order.orion_unmatched_count)[:count]
        if len(orders) < count:
            raise RuntimeError("Not enough orders of known products.")
        started = time.perf_counter()
        orders.orion_confirm()
    return orders.ids, time.perf_counter() - started


def _check_confirmed(registry: Registry, order_ids: Sequence[int]) -> None:
    with shop.environment(registry) as env:
        orders = env["sale.order"].browse(order_ids)
        if set(orders.mapped("state")) != {"sale"} or not all(orders.mapped("picking_ids")):
            raise RuntimeError("Not every order was confirmed.")


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


def drain(registry: Registry, channel_id: int) -> None:
    """Have a worker work until nothing of a channel is left to do, for others either."""
    from odoo.addons.orion_base.engine import Worker

    worker = Worker(registry)
    deadline = time.monotonic() + _MOST_SECONDS
    while worker.step() or count_not_completed(registry, channel_id):
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
