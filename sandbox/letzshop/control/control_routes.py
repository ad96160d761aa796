"""The control API over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any, TypeAlias

from ...http.http_error import HttpError
from ...http.reply import Reply
from ...http.request import Request
from .letzshop_control import LetzshopControl

PREFIX = "/_control/"
Arguments: TypeAlias = dict[str, Any]
Route: TypeAlias = Callable[[Arguments], object]


class ControlRoutes:
    """Maps addresses to the methods of `LetzshopControl`.

    A POST gives arguments as a JSON object, a GET in the query string.
    """

    def __init__(self, control: LetzshopControl) -> None:
        self._control = control
        self._routes: dict[tuple[str, str], Route] = {
            ("GET", "state"): lambda _: control.state(),
            ("POST", "reset"): lambda given: control.reset(**_moment(given)),
            ("POST", "orders"): self._add_orders,
            ("GET", "shipments"): lambda given: control.shipments(**_numbers(given)),
            ("POST", "settings"): lambda given: control.configure(**given),
            ("POST", "clock"): self._clock,
            ("POST", "faults"): lambda given: {"id": control.arm(**given)},
            ("GET", "faults"): lambda _: control.faults(),
            ("GET", "kinds"): lambda _: control.kinds(),
            ("DELETE", "faults"): lambda _: {"cleared": control.clear_faults()},
            ("POST", "decide"): lambda given: {"failed": control.decide(**given)},
            ("POST", "return"): lambda given: {"failed": control.give_back(**given)},
            ("POST", "forget"): lambda given: control.forget(**given),
            ("POST", "tracking"): lambda given: control.set_tracking(**given),
            ("GET", "effects"): lambda given: control.effects(_names(given)),
            ("GET", "requests"): lambda given: control.requests(**_numbers(given)),
            ("DELETE", "requests"): lambda _: control.clear_requests(),
        }

    def handle(self, request: Request) -> Reply:
        """Serve one address of the control API."""
        name = request.path.removeprefix(PREFIX).strip("/")
        head, _, tail = name.partition("/")
        if tail and head == "shipments" and request.method == "GET":
            return Reply.json(self._control.shipment(tail))
        if tail.isdigit() and head == "faults" and request.method == "DELETE":
            return Reply.json({"cleared": self._control.clear_faults(int(tail))})
        route = self._routes.get((request.method, name))
        if route is None:
            known = ", ".join(f"{method} {path}" for method, path in self._routes)
            raise HttpError(404, f"The control API has {known}.")
        try:
            return Reply.json(route(_arguments(request)))
        except (TypeError, ValueError) as error:
            raise HttpError(400, f"Wrong arguments: {error}") from error

    def _add_orders(self, given: Arguments) -> object:
        ids = self._control.add_orders(**given)
        return {"created": len(ids), "shipments": ids}

    def _clock(self, given: Arguments) -> object:
        return {"now": self._control.set_clock(**_moment(given)).isoformat()}


def _arguments(request: Request) -> Arguments:
    if request.method != "POST":
        return dict(request.query)
    given = json.loads(request.body or b"{}")
    if not isinstance(given, dict):
        raise HttpError(400, "The body is not a JSON object.")
    return given


def _moment(given: Arguments) -> Arguments:
    """The argument `now`, if any, as an aware time."""
    now = given.get("now")
    if not isinstance(now, str):
        return given
    moment = datetime.fromisoformat(now.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return {**given, "now": moment}


def _numbers(given: Arguments) -> Arguments:
    """Numbers of a query string as such."""
    return {
        name: int(value) if isinstance(value, str) and value.isdigit() else value
        for name, value in given.items()
    }


def _names(given: Arguments) -> list[str]:
    """The shipments that a query string names, with commas between."""
    value = given.get("shipments")
    return value.split(",") if isinstance(value, str) and value else []
