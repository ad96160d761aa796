"""What is told of the outbox."""

from __future__ import annotations

from typing import Any

from benchmarks.bench import Bench
from benchmarks.report import Line, Section
from tools.server import OdooServer

_SERVERS_LATENCY_MS = 20
_OF_OUTBOX = (
    "set_tracking and confirm without a business record: the outbox itself, with the real client, "
    "over HTTP to a sandbox in a process of its own, and no consequence in Odoo; sent_at and "
    "outcome are on disk"
)
_OF_WAITING = (
    "without waiting: the time until the sandbox answered is taken off; it shares the machine's "
    "processors with everything else"
)
_OF_CHANNELS = (
    "four channels: one channel is never called twice at the same time, so a second worker helps "
    "other channels only"
)


def outbox(bench: Bench) -> tuple[list[Section], Any]:
    """One worker."""
    sizes = bench.sizes
    with bench.database() as database:
        found = bench.inside(
            "outbox", database, single=sizes.single, batched=sizes.batched,
            confirmed=sizes.confirmed, latency_ms=sizes.latency_ms,
        )  # fmt: skip
    single, batched, confirmed = found["single"], found["batched"], found["confirmed"]
    lines = [
        Line("one a request", single["sent_a_second"], "/s", least=400),
        Line("one a request, without waiting", single["without_waiting_a_second"], "/s"),
        Line("50 a request", batched["sent_a_second"], "/s", least=5000),
        Line("50 a request, without waiting", batched["without_waiting_a_second"], "/s"),
        Line("enqueueing", batched["enqueued_a_second"], "/s"),
        Line("a commit to this disk", found["commit_ms"], "ms"),
    ]
    notes = [
        _OF_OUTBOX,
        _OF_WAITING,
    ]
    order_notes = [
        (
            f"{confirmed['orders']} imported orders, {sizes.latency_ms} ms an answer, "
            "50 orders a request"
        ),
        (
            "told: the marketplace has answered all of them; here: all sale orders are "
            "confirmed and have their deliveries"
        ),
    ]
    return [
        Section("Outbox, one worker", lines, notes),
        Section("Confirming orders, one worker", _confirming(confirmed), order_notes),
        Section("Confirming orders, two workers", _confirming(found["confirmed_by_two"])),
    ], found


def two_workers(bench: Bench) -> tuple[list[Section], Any]:
    """Cron workers of a real server."""
    found = {}
    with bench.database() as database:
        for count in (1, 2):
            server = OdooServer(
                bench.environment, bench.server, database, workers=1, max_cron_threads=count
            )
            with server:
                found[count] = bench.inside(
                    "two_workers", database, operations=bench.sizes.a_channel,
                    latency_ms=_SERVERS_LATENCY_MS, name=f"Workers {count}",
                )  # fmt: skip
    one, two = found[1]["sent_a_second"], found[2]["sent_a_second"]
    lines = [
        Line("two workers / one", two / one, "×", least=1.6),
        Line("one worker", one, "/s"),
        Line("two workers", two, "/s"),
    ]
    notes = [
        f"processes of a real server, {_SERVERS_LATENCY_MS} ms an answer",
        _OF_CHANNELS,
    ]
    return [Section("Outbox, cron workers", lines, notes)], found


def _confirming(found: dict[str, float]) -> list[Line]:
    """What is told of confirming orders."""
    a_thousand = 1000 / found["orders"]
    processor = found["processor_seconds"] + found["helper_processor_seconds"]
    return [
        Line("seconds until 1,000 are told", found["told_seconds"] * a_thousand, "s", most=30),
        Line("seconds until 1,000 are here", found["seconds"] * a_thousand, "s"),
        Line("processor time of the workers", processor * a_thousand, "s"),
        Line("waiting for answers", found["waiting_seconds"], "s"),
        Line("asking for the confirmations", found["asking_seconds"], "s"),
    ]
