"""The control API over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any, TypeAlias

from ...http.http_error import HttpError
from ...http.reply import Reply
from ...http.request import Request
from .supplier_control import SupplierControl

PREFIX = "/_control/"
Arguments: TypeAlias = dict[str, Any]
Route: TypeAlias = Callable[[Arguments], object]


class ControlRoutes:
    """Maps addresses to the methods of `SupplierControl`.

    A POST gives arguments as a JSON object, a GET in the query string.
    """

    def __init__(self, control: SupplierControl) -> None:
        self._routes: dict[tuple[str, str], Route] = {
            ("GET", "state"): lambda _: control.state(),
            ("POST", "reset"): lambda given: control.reset(**_moment(given)),
            ("POST", "settings"): lambda given: control.configure(**given),
            ("POST", "clock"): lambda given: {
                "now": control.set_clock(**_moment(given)).isoformat()
            },
            ("POST", "balance"): lambda given: control.set_balance(**given),
            ("GET", "products"): lambda given: control.products(**_typed(given)),
            ("POST", "change"): lambda given: control.change(**given),
            ("POST", "release"): lambda given: {"released": control.release(**given)},
            ("POST", "score"): lambda given: control.score(**given),
            ("POST", "limit"): lambda given: control.limit(**given),
            ("POST", "expire_tokens"): lambda _: control.expire_tokens(),
            ("GET", "codes"): lambda given: control.codes(_names(given)),
            ("GET", "effects"): lambda _: control.effects(),
            ("POST", "faults"): lambda given: {"id": control.arm(**given)},
            ("GET", "faults"): lambda _: control.faults(),
            ("DELETE", "faults"): lambda _: {"cleared": control.clear_faults()},
            ("GET", "kinds"): lambda _: control.kinds(),
            ("GET", "requests"): lambda given: control.requests(**_typed(given)),
        }

    def handle(self, request: Request) -> Reply:
        """Serve one address of the control API."""
        name = request.path.removeprefix(PREFIX).strip("/")
        route = self._routes.get((request.method, name))
        if route is None:
            known = ", ".join(f"{method} {path}" for method, path in self._routes)
            raise HttpError(404, f"The control API has {known}.")
        try:
            return Reply.json(route(_arguments(request)))
        except (TypeError, ValueError) as error:
            raise HttpError(400, f"Wrong arguments: {error}") from error


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
    return {**given, "now": moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)}


def _typed(given: Arguments) -> Arguments:
    """Numbers and truths of a query string as such."""
    words = {"true": True, "false": False}
    return {
        name: int(value) if value.isdigit() else words.get(value, value)
        for name, value in given.items()
    }


def _names(given: Arguments) -> list[str]:
    """The references that a query string names, with commas between."""
    value = given.get("references")
    return value.split(",") if isinstance(value, str) and value else []
