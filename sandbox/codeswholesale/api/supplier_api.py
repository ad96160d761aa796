"""The supplier's API, version 3."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from ...carriers.pdf import label_pdf
from ...http.fault import Fault
from ...http.fault_board import FaultBoard
from ...http.http_error import HttpError
from ...http.json_value import JsonObject
from ...http.log_entry import LogEntry
from ...http.reply import Reply
from ...http.request import Request
from ...http.request_log import RequestLog
from ...http.wire_faults import strike_after, strike_before
from ...png import png
from ..rate_limits import RateLimits
from ..refusal import Refusal
from ..supplier import Supplier
from .answer_faults import refusal_of
from .order_desk import OrderDesk
from .routes import operation_of
from .token_desk import TokenDesk
from .views import code_view, description_view, product_view

REFERENCE_LISTS: dict[str, JsonObject] = {
    "platforms": {"platforms": [{"name": name} for name in ("Steam", "Uplay", "GOG", "PSN")]},
    "regions": {"regions": [{"name": name} for name in ("WORLDWIDE", "EU", "EMEA", "PL")]},
    "languages": {"languages": [{"name": name} for name in ("en", "de", "fr", "pl")]},
    "territory": {"territories": [{"territory": name} for name in ("Germany", "France")]},
}


class SupplierApi:
    """Answers one request, as well or as badly as settings and armed faults have it."""

    def __init__(
        self,
        supplier: Supplier,
        desk: TokenDesk,
        faults: FaultBoard,
        log: RequestLog,
        limits: RateLimits,
    ) -> None:
        self._supplier = supplier
        self._desk = desk
        self._orders = OrderDesk(supplier)
        self._faults = faults
        self._log = log
        self._limits = limits

    def handle(self, request: Request, base: str) -> Reply:
        """Answer a request.

        :param base: address of the server, for links.
        """
        operation, argument = operation_of(request)
        client = self._desk.client_of(request)
        entry = self._log.begin(request, client or "anonymous")
        entry.variables = {**request.query}
        try:
            reply = self._serve(request, operation, argument, client, entry, base)
        except HttpError:
            self._log.end(entry)
            raise
        entry.status = reply.status
        latency = self._supplier.settings.latency_ms
        if latency:
            hold = reply.delivery.hold + latency / 1000
            reply = replace(reply, delivery=replace(reply.delivery, hold=hold))
        return replace(reply, leaving=lambda: self._log.end(entry))

    def _serve(
        self,
        request: Request,
        operation: str,
        argument: str,
        client: str | None,
        entry: LogEntry,
        base: str,
    ) -> Reply:
        faults = self._faults.draw((operation,), client or "anonymous", ())
        entry.operations, entry.faults = (operation,), tuple(faults)
        with self._supplier.lock:
            self._supplier.effects.requests[operation] += 1
        spoiled = strike_before(faults)
        if spoiled is not None:
            return spoiled
        try:
            reply = self._answer(request, operation, argument, client, faults, base)
        except Refusal as refusal:
            reply = refusal.reply()
        return strike_after(reply, faults)

    def _answer(
        self,
        request: Request,
        operation: str,
        argument: str,
        client: str | None,
        faults: Mapping[str, Fault],
        base: str,
    ) -> Reply:
        limited = self._limited(operation, faults)
        if limited is not None:
            return limited
        if operation == "token":
            return self._desk.answer(request, faults)
        if client is None or "unauthorised" in faults:
            return Reply.json({"error": "invalid_token", "error_description": "Unknown token"}, 401)
        if client == "no_rights" or "forbidden" in faults:
            return Refusal(403, 40300, "Access is denied").reply()
        with self._supplier.lock:
            return self._look_up(request, operation, argument, faults, base)

    def _limited(self, operation: str, faults: Mapping[str, Fault]) -> Reply | None:
        wait = self._limits.wait(operation) if self._supplier.settings.limits else 0.0
        if "low_limit" in faults:
            wait = faults["low_limit"].number("seconds", 1.0)
        if not wait:
            return None
        reply = Refusal(429, 42900, "Too many requests").reply()
        return replace(reply, headers=(("Retry-After", f"{wait:.1f}"),))

    def _look_up(
        self,
        request: Request,
        operation: str,
        argument: str,
        faults: Mapping[str, Fault],
        base: str,
    ) -> Reply:
        supplier = self._supplier
        if operation in REFERENCE_LISTS:
            return Reply.json(REFERENCE_LISTS[operation])
        if operation == "products":
            return self._products(request, faults, base)
        if operation in ("product", "description", "image"):
            return self._product(request, operation, argument, base)
        if operation == "account":
            return Reply.json(self._account())
        if operation == "security":
            return Reply.json(self._score(_body(request)))
        if operation == "code":
            code = supplier.codes.get(argument)
            if code is None:
                raise Refusal(404, 30001, "Code not found")
            return Reply.json(code_view(code, faults, base))
        if operation == "buy":
            given = _body(request)
            refusal = refusal_of(faults, str(given.get("orderId")))
            if refusal is not None:
                raise refusal
            return self._orders.buy(given, faults, base)
        if operation == "history":
            start, end = _moment(request, "startFrom"), _moment(request, "endOn")
            token = request.query.get("continuationToken", "")
            return self._orders.history(start, end, token, faults, base)
        if operation == "invoice":
            return self._orders.invoice(argument, faults, label_pdf)
        return self._orders.show(argument, faults, base)

    def _products(self, request: Request, faults: Mapping[str, Fault], base: str) -> Reply:
        settings, catalogue = self._supplier.settings, self._supplier.catalogue
        since, token = _moment(request, "updatedSince"), request.query.get("continuationToken", "")
        created = _moment(request, "createdSince")
        if since is not None and created is not None:
            raise Refusal(400, 40002, "updatedSince and createdSince exclude each other")
        if token and "token_gone" in faults:
            raise Refusal(400, 40001, "Continuation token is not valid")
        if "no_items" in faults:
            return Reply.json({"continuationToken": None})
        ids = frozenset(filter(None, request.query.get("productIds", "").split(",")))
        found, following = catalogue.page(
            settings.page_size,
            since,
            token,
            with_withdrawn=settings.tells_withdrawn,
            is_wanted=lambda one: (
                (not ids or one.id in ids) and (created is None or one.created > created)
            ),
        )
        items = [product_view(product, base) for product in found]
        if "stuck_token" in faults:
            following = token or following
        if "damaged_items" in faults:
            for number, item in enumerate(items[: int(faults["damaged_items"].number("count", 1))]):
                item["productId" if number % 2 == 0 else "name"] = None
        if "extra_fields" in faults:
            for item in items:
                item["hologram"] = {"shiny": True}
        return Reply.json({"items": items, "continuationToken": following})

    def _product(self, request: Request, operation: str, argument: str, base: str) -> Reply:
        product = self._supplier.product(argument)
        if operation == "image":
            return Reply(body=png(60, 120, 60), content_type="image/png")
        if operation == "description":
            locale = request.query.get("locale", "en")
            return Reply.json(description_view(product, locale))
        return Reply.json(product_view(product, base))

    def _account(self) -> JsonObject:
        balance, credit = self._supplier.balance_cents / 100, self._supplier.credit_cents / 100
        return {
            "fullName": "Orion Demo Shop",
            "email": "shop@example.com",
            "currentBalance": balance,
            "currentCredit": credit,
            "totalToUse": round(balance + credit, 2),
        }

    def _score(self, given: Mapping[str, Any]) -> JsonObject:
        if not given.get("customerEmail") or not given.get("customerIpAddress"):
            raise Refusal(400, 50001, "customerEmail and customerIpAddress are needed")
        email = str(given["customerEmail"])
        score = self._supplier.scores.get(email, 0.0)
        return {
            "riskScore": score,
            "ipBlacklisted": score > 3,
            "ipTor": False,
            "domainBlacklisted": score > 2,
            "subDomain": False,
        }


def _body(request: Request) -> dict[str, Any]:
    try:
        given = json.loads(request.body or b"{}")
    except ValueError as error:
        raise Refusal(400, 40003, "The body is not JSON") from error
    if not isinstance(given, dict):
        raise Refusal(400, 40003, "The body is not a JSON object")
    return given


def _moment(request: Request, name: str) -> datetime | None:
    text = request.query.get(name)
    if not text:
        return None
    try:
        value = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise Refusal(400, 40004, f"{name} is no time") from error
    return value if value.tzinfo else value.replace(tzinfo=timezone.utc)
