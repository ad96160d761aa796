"""The control API over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any, TypeAlias

from .control import Control
from .http_error import HttpError
from .reply import Reply
from .request import Request

PREFIX = "/_control/"
Arguments: TypeAlias = dict[str, Any]
Route: TypeAlias = Callable[[Arguments], object]
#: By HTTP method and address; `…/*` takes one more part of the address as the argument `id`.
Routes: TypeAlias = Mapping[tuple[str, str], Route]


class ControlRoutes:
    """Maps addresses to the methods of a control: those that all have, and its own.

    A POST gives arguments as a JSON object, a GET in the query string.
    """

    def __init__(self, control: Control, own: Routes) -> None:
        self._routes: dict[tuple[str, str], Route] = {
            ("GET", "state"): lambda _: control.state(),
            ("POST", "settings"): lambda given: control.configure(**given),
            ("POST", "clock"): lambda given: {
                "now": control.set_clock(**with_moment(given)).isoformat()
            },
            ("POST", "faults"): lambda given: {"id": control.arm(**given)},
            ("GET", "faults"): lambda _: control.faults(),
            ("DELETE", "faults"): lambda _: {"cleared": control.clear_faults()},
            ("DELETE", "faults/*"): lambda given: {
                "cleared": control.clear_faults(int(given["id"]))
            },
            ("GET", "kinds"): lambda _: control.kinds(),
            ("GET", "requests"): lambda given: control.requests(**typed(given)),
            ("DELETE", "requests"): lambda _: control.clear_requests(),
            **own,
        }

    def handle(self, request: Request) -> Reply:
        """Serve one address of the control API."""
        name = request.path.removeprefix(PREFIX).strip("/")
        head, _, tail = name.partition("/")
        address = f"{head}/*" if tail else head
        route = self._routes.get((request.method, address))
        if route is None:
            known = ", ".join(f"{method} {path}" for method, path in self._routes)
            raise HttpError(404, f"The control API has {known}.")
        given = _arguments(request)
        if tail:
            given["id"] = tail
        try:
            return Reply.json(route(given))
        except (TypeError, ValueError) as error:
            raise HttpError(400, f"Wrong arguments: {error}") from error


def with_moment(given: Arguments) -> Arguments:
    """The argument `now`, if any, as an aware time."""
    now = given.get("now")
    if not isinstance(now, str):
        return given
    moment = datetime.fromisoformat(now.replace("Z", "+00:00"))
    return {**given, "now": moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)}


def typed(given: Arguments) -> Arguments:
    """Numbers and truths of a query string as such."""
    words = {"true": True, "false": False}
    return {
        name: int(value) if value.isdigit() else words.get(value, value)
        for name, value in given.items()
    }


def names(given: Arguments, argument: str) -> list[str]:
    """What an argument of a query string lists, with commas between."""
    value = given.get(argument)
    return value.split(",") if isinstance(value, str) and value else []


def _arguments(request: Request) -> Arguments:
    if request.method != "POST":
        return dict(request.query)
    given = json.loads(request.body or b"{}")
    if not isinstance(given, dict):
        raise HttpError(400, "The body is not a JSON object.")
    return given
