"""A place where files with stock are put by HTTP."""

from __future__ import annotations

import base64
import csv
import io
import threading

from ..http.fault_board import FaultBoard
from ..http.http_error import HttpError
from ..http.reply import Reply
from ..http.request import Request
from ..http.wire_faults import WIRE_FAULTS, strike_after, strike_before
from .stock_book import StockBook
from .watch_page import watch_page

PREFIX = "/drop/"


class DropApp:
    """``PUT /drop/<name>`` takes a CSV with the columns ``sku`` and ``quantity``; the marketplace
    reads it at once. A name is taken once: what was not read yet is never overwritten."""

    def __init__(self, user: str, password: str) -> None:
        self.book = StockBook()
        self.faults = FaultBoard(WIRE_FAULTS)
        self._authorisation = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        self._files: dict[str, bytes] = {}
        self._lock = threading.Lock()

    @property
    def files(self) -> dict[str, bytes]:
        """What was put here, by name."""
        with self._lock:
            return dict(self._files)

    def handle(self, request: Request) -> Reply:
        """Answer one request, as well or as badly as the armed faults have it."""
        if request.method == "GET" and request.path == "/":
            return watch_page(self.book)
        if request.method != "PUT" or not request.path.startswith(PREFIX):
            raise HttpError(404, f"There is PUT {PREFIX}<name>.")
        faults = self.faults.draw(("put",), "default", ())
        spoiled = strike_before(faults)
        if spoiled is not None:
            return spoiled
        return strike_after(self._take(request), faults)

    def _take(self, request: Request) -> Reply:
        if request.headers.get("authorization") != self._authorisation:
            return Reply.json({"message": "Who are you?"}, 401)
        return self.put(request.path.removeprefix(PREFIX), request.body)

    def put(self, name: str, content: bytes) -> Reply:
        """Keep a file and read it."""
        with self._lock:
            if name in self._files:
                return Reply.json({"message": "There is such a file."}, 409)
            self._files[name] = content
        for row in csv.DictReader(io.StringIO(content.decode())):
            self.book.take(row["sku"], int(row["quantity"]))
        return Reply(status=201)
