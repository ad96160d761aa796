"""What the carrier's server answers."""

from __future__ import annotations

import json
import threading
from collections import Counter
from urllib.parse import unquote

from ..http.delivery import Delivery
from ..http.http_error import HttpError
from ..http.reply import Reply
from ..http.request import Request
from .pdf import label_pdf

PREFIX = "/Tracky/Home/"
CONTROL = "/_control/"
_HUGE = 50 * 1024 * 1024
_PAGE = "<!doctype html><title>Parcel</title><h1>Parcel {number}</h1><p>It is under way.</p>"
#: What a number may be answered with; the first one is what happens by itself.
KINDS = (
    "pdf", "html", "missing", "huge", "broken", "cut_pdf", "zpl", "slow", "failing", "redirect",
)  # fmt: skip


class LabelApp:
    """Labels by shipment number, below a path whose capitals matter, and a control API."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kinds: dict[str, str] = {}
        self._asked: Counter[str] = Counter()
        self.slow_seconds = 60.0
        self.padding = 0

    def handle(self, request: Request) -> Reply:
        """Answer one request."""
        if request.path.startswith(CONTROL):
            return self._control(request)
        if request.method != "GET" or not request.path.startswith(PREFIX):
            raise HttpError(404, f"There is {PREFIX}<number>.")
        number = unquote(request.path.removeprefix(PREFIX))
        with self._lock:
            self._asked[number] += 1
            kind = self._kinds.get(number, KINDS[0])
        return self._answer(number, kind)

    def answer_with(self, kind: str, *numbers: str) -> None:
        """How these numbers are answered from now on; one of `KINDS`."""
        if kind not in KINDS:
            raise HttpError(400, f"There is no {kind}; there are {', '.join(KINDS)}.")
        with self._lock:
            self._kinds.update(dict.fromkeys(numbers, kind))

    def asked(self) -> dict[str, int]:
        """How often each number was asked for."""
        with self._lock:
            return dict(self._asked)

    def _answer(self, number: str, kind: str) -> Reply:
        pdf = label_pdf(number, "Stand-in Express", padding=self.padding)
        if kind == "html":
            page = _PAGE.format(number=number).encode()
            return Reply(body=page, content_type="text/html; charset=utf-8")
        if kind == "missing":
            raise HttpError(404, "There is no such parcel.")
        if kind == "failing":
            raise HttpError(500, "The printer is on fire.")
        if kind == "redirect":
            # a carrier's server that leads into the merchant's own network
            return Reply(status=302, headers=(("Location", "http://169.254.169.254/latest/"),))
        if kind == "zpl":
            zpl = f"^XA^FO50,50^A0N,50,50^FD{number}^FS^XZ\n".encode()
            return Reply(body=zpl, content_type="application/zpl")
        if kind == "slow":
            delivery = Delivery(hold=self.slow_seconds)
            return Reply(body=pdf, content_type="application/pdf", delivery=delivery)
        body = pdf
        if kind == "huge":
            body = b"%PDF-1.4\n" + b"0" * _HUGE
        elif kind == "broken":
            body = b"%PDF-1.4\nthis is no document, whatever it says of itself\n%%EOF\n"
        elif kind == "cut_pdf":
            body = pdf[: len(pdf) // 2]
        return Reply(body=body, content_type="application/pdf")

    def _control(self, request: Request) -> Reply:
        name = request.path.removeprefix(CONTROL)
        if request.method == "GET" and name == "asked":
            return Reply.json(self.asked())
        if request.method == "POST" and name == "kinds":
            given = json.loads(request.body or b"{}")
            for kind, numbers in given.items():
                self.answer_with(kind, *numbers)
            return Reply.json({})
        raise HttpError(404, "The control API has GET asked and POST kinds.")
