"""Faults of servers and wires, whatever is served."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

from .delivery import Delivery
from .fault import Fault
from .fault_kind import FaultKind
from .json_value import dump
from .reply import Reply

#: Whether the request has had its effect when the fault strikes.
WHEN = {"when": ("before", "after")}
WIRE_FAULTS = (
    FaultKind(
        "status",
        "Answers with an HTTP status and, when asked, Retry-After in seconds or as a date.",
        {
            "status": int,
            "retry_after": float,
            "retry_after_date": float,
            "message": str,
            **WHEN,
        },
    ),
    FaultKind(
        "hang",
        "Holds the answer; before the effect there is none at the end.",
        {"seconds": float, **WHEN},
    ),
    FaultKind("reset", "Resets the connection.", WHEN),
    FaultKind("hang_up", "Closes the connection without an answer.", WHEN),
    FaultKind("html", "Answers with a page in HTML; its status as asked.", {"status": int, **WHEN}),
    FaultKind("broken_json", "Answers 200 with JSON that ends early.", WHEN),
    FaultKind("empty", "Answers 200 with an empty body.", WHEN),
    FaultKind("cut", "Sends a part of the body only, then closes.", {"share": float}),
    FaultKind("drip", "Sends the body slowly.", {"seconds": float}),
    FaultKind("big_body", "Answers 200 with so many bytes of JSON.", {"bytes": int}),
    FaultKind("latency", "Holds the answer for so many milliseconds.", {"ms": float}),
)
#: Faults that take the answer's place, and so may strike before the effect.
REPLACING = ("status", "hang", "reset", "hang_up", "html", "broken_json", "empty")

HTML = b"""<!DOCTYPE html>
<html><head><title>Maintenance</title></head>
<body><h1>We'll be back soon</h1><p>The service is being updated.</p></body></html>
"""


def strike_before(faults: Mapping[str, Fault]) -> Reply | None:
    """The answer of a server that fails before it has done anything."""
    for kind in REPLACING:
        fault = faults.get(kind)
        if fault is not None and fault.before:
            if kind == "hang":
                hold = fault.number("seconds", 60)
                return Reply(delivery=Delivery(hold=hold, hang_up=True))
            return _spoil(Reply.json({"data": None}), fault)
    return None


def strike_after(reply: Reply, faults: Mapping[str, Fault]) -> Reply:
    """What becomes of an answer on its way, when nothing struck before."""
    for fault in faults.values():
        reply = _spoil(reply, fault)
    return reply


def _spoil(reply: Reply, fault: Fault) -> Reply:
    if fault.kind == "status":
        return _status(reply, fault)
    if fault.kind == "html":
        status = int(fault.number("status", reply.status))
        return replace(reply, status=status, body=HTML, content_type="text/html; charset=utf-8")
    if fault.kind == "broken_json":
        return replace(reply, body=reply.body[: len(reply.body) // 2])
    if fault.kind == "empty":
        return replace(reply, body=b"")
    if fault.kind == "big_body":
        size = int(fault.number("bytes", 100 * 1024 * 1024))
        return replace(reply, body=b'{"data":null,"padding":"' + b"x" * size + b'"}')
    delivery = _deliver(reply.delivery, fault)
    return reply if delivery is None else replace(reply, delivery=delivery)


def _deliver(delivery: Delivery, fault: Fault) -> Delivery | None:
    if fault.kind == "hang":
        return replace(delivery, hold=delivery.hold + fault.number("seconds", 60))
    if fault.kind == "latency":
        return replace(delivery, hold=delivery.hold + fault.number("ms", 300) / 1000)
    if fault.kind == "reset":
        return replace(delivery, reset=True)
    if fault.kind == "hang_up":
        return replace(delivery, hang_up=True)
    if fault.kind == "cut":
        return replace(delivery, cut=fault.number("share", 0.5))
    if fault.kind == "drip":
        return replace(delivery, drip=fault.number("seconds", 5))
    return None


def _status(reply: Reply, fault: Fault) -> Reply:
    status = int(fault.number("status", 503))
    headers: tuple[tuple[str, str], ...] = ()
    if "retry_after" in fault.options:
        headers = (("Retry-After", f"{fault.number('retry_after', 1):g}"),)
    elif "retry_after_date" in fault.options:
        wait = timedelta(seconds=fault.number("retry_after_date", 1))
        moment = datetime.now(timezone.utc) + wait
        headers = (("Retry-After", format_datetime(moment, usegmt=True)),)
    body = dump({"errors": [{"message": fault.text("message", f"Status {status}")}]})
    return replace(reply, status=status, headers=headers, body=body)
