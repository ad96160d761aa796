"""The API that takes quantities of single products."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from typing import Any

from ..http.fault import Fault
from ..http.fault_board import FaultBoard
from ..http.http_error import HttpError
from ..http.json_value import JsonObject
from ..http.reply import Reply
from ..http.request import Request
from ..http.wire_faults import WIRE_FAULTS, strike_after, strike_before
from .item_faults import ITEM_FAULTS
from .stock_book import StockBook
from .watch_page import watch_page

PATH = "/v1/stock"


class StockApp:
    """``PUT /v1/stock`` takes levels, ``GET /v1/stock?skus=A,B`` says what is there.

    :ivar most_levels: levels of one request at most; more are refused with 413.
    :ivar per_second: requests a second at most; more are refused with 429. 0 for no limit.
    :ivar unknown: SKUs that are not sold here.
    """

    def __init__(self, key: str) -> None:
        self.book = StockBook()
        self.faults = FaultBoard((*WIRE_FAULTS, *ITEM_FAULTS))
        self.most_levels = 100
        self.per_second = 0.0
        self.unknown: set[str] = set()
        self.requests = 0
        self._key = key
        self._lock = threading.Lock()
        self._second = (0, 0)

    def handle(self, request: Request) -> Reply:
        """Answer one request, as well or as badly as the armed faults have it."""
        if request.method == "GET" and request.path == "/":
            return watch_page(self.book)
        if request.path != PATH or request.method not in {"GET", "PUT"}:
            raise HttpError(404, f"There are GET and PUT {PATH}.")
        operation = "push" if request.method == "PUT" else "read"
        with self._lock:
            self.requests += operation == "push"
        faults = self.faults.draw((operation,), "default", ())
        spoiled = strike_before(faults)
        if spoiled is not None:
            return spoiled
        return strike_after(self._serve(request, faults), faults)

    def _serve(self, request: Request, faults: Mapping[str, Fault]) -> Reply:
        if request.headers.get("authorization") != f"Bearer {self._key}":
            return Reply.json({"message": "The key is not known."}, 401)
        if self._is_too_fast():
            reply = Reply.json({"message": "Too many requests."}, 429)
            return Reply(reply.status, reply.body, headers=(("Retry-After", "1"),))
        if request.method == "GET":
            return self._read(request)
        return self._take(_levels(request), faults)

    def _is_too_fast(self) -> bool:
        if not self.per_second:
            return False
        with self._lock:
            second, count = self._second
            now = int(time.monotonic())
            self._second = (now, count + 1 if second == now else 1)
            return self._second[1] > self.per_second

    def _read(self, request: Request) -> Reply:
        wanted = request.query.get("skus", "").split(",")
        known = self.book.quantities()
        levels = [{"sku": sku, "quantity": known[sku]} for sku in wanted if sku in known]
        return Reply.json({"levels": levels})

    def _take(self, levels: list[JsonObject], faults: Mapping[str, Fault]) -> Reply:
        if len(levels) > self.most_levels:
            return Reply.json({"message": f"At most {self.most_levels} levels."}, 413)
        fault = faults.get("item_errors")
        struck = int(fault.number("count", 1)) if fault else 0
        results = []
        for number, level in enumerate(levels):
            code = self._refusal(level)
            if fault is not None and number < struck:
                code = fault.text("code", "refused")
            results.append(_result(level, code))
        return Reply.json({"results": results})

    def _refusal(self, level: Mapping[str, Any]) -> str | None:
        """Take a level, or say why not."""
        sku, quantity, version = level.get("sku"), level.get("quantity"), level.get("version", 0)
        if not isinstance(sku, str) or not isinstance(quantity, int) or quantity < 0:
            return "invalid"
        if not isinstance(version, int):
            return "invalid"
        if sku in self.unknown:
            return "unknown_sku"
        as_of = float(level.get("as_of") or 0.0)
        return None if self.book.take(sku, quantity, version, as_of) else "stale"


def _result(level: Mapping[str, Any], code: str | None) -> JsonObject:
    if code is None:
        return {"sku": level.get("sku"), "status": "stored"}
    return {"sku": level.get("sku"), "status": "refused", "code": code, "message": f"It is {code}."}


def _levels(request: Request) -> list[JsonObject]:
    try:
        levels = json.loads(request.body)["levels"]
    except (ValueError, KeyError, TypeError) as error:
        raise HttpError(400, "The body is no JSON object with levels.") from error
    if not isinstance(levels, list) or not all(isinstance(level, dict) for level in levels):
        raise HttpError(400, "levels is no list of objects.")
    return levels
