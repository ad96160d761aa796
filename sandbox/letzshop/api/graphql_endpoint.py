"""The address that GraphQL is sent to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from graphql import DocumentNode, execute_sync

from ...http.fault import Fault
from ...http.fault_board import FaultBoard
from ...http.http_error import HttpError
from ...http.json_value import JsonObject, dump
from ...http.log_entry import LogEntry
from ...http.reply import Reply
from ...http.request import Request
from ...http.request_log import RequestLog
from ...http.wire_faults import strike_after, strike_before
from ..records.access_key import AccessKey
from ..settings import Settings
from ..shop import Shop
from .answer_cache import AnswerCache
from .answer_faults import spoil_answer
from .context import Context
from .document import Document
from .document_cache import DocumentCache
from .schema import make_schema

#: Characters of variables beyond which they are left out of the log.
LOGGED = 4000
NO_VENDORS: frozenset[str] = frozenset()


class GraphqlEndpoint:
    """Answers GraphQL over HTTP."""

    def __init__(self, shop: Shop, settings: Settings, faults: FaultBoard, log: RequestLog) -> None:
        self._shop = shop
        self._settings = settings
        self._faults = faults
        self._log = log
        self._documents = DocumentCache(make_schema())
        self._documents_without_data = DocumentCache(make_schema(with_data=False))
        self._documents_with_stock = DocumentCache(make_schema(with_stock=True))
        self._answers = AnswerCache()

    def handle(self, request: Request) -> Reply:
        """Answer one request, as well or as badly as the armed faults have it."""
        if request.method != "POST":
            raise HttpError(405, "GraphQL is sent by POST.")
        key, key_name = self._key(request)
        entry = self._log.begin(request, key_name)
        try:
            reply = self._serve(request, key, entry)
        except HttpError:
            self._log.end(entry)
            raise
        entry.status = reply.status
        if self._settings.latency_ms:
            hold = reply.delivery.hold + self._settings.latency_ms / 1000
            reply = replace(reply, delivery=replace(reply.delivery, hold=hold))
        return replace(reply, leaving=lambda: self._log.end(entry))

    def _serve(self, request: Request, key: AccessKey | None, entry: LogEntry) -> Reply:
        given = _given(request)
        text, name = given.get("query"), given.get("operationName")
        if not isinstance(text, str):
            return Reply.json({"errors": [{"message": "No query string was present"}]})
        name = name if isinstance(name, str) else None
        document = self._usual_documents.get(text, name)
        vendors = key.vendors if key else NO_VENDORS
        faults = self._faults.draw(document.operations, entry.key, vendors)
        self._note(entry, document, given, faults, len(request.body))
        if "no_data_field" in faults:
            document = self._documents_without_data.get(text, name)
        spoiled = strike_before(faults)
        if spoiled is not None:
            return spoiled
        refused = _refusal(entry.key, faults)
        if refused is not None:
            return strike_after(refused, faults)
        if "forbidden" in faults and key is not None:
            key = replace(key, vendors=NO_VENDORS)
        return strike_after(self._answer(request, key, document, given, faults), faults)

    @property
    def _usual_documents(self) -> DocumentCache:
        return self._documents_with_stock if self._settings.stock_mutation else self._documents

    def _note(
        self,
        entry: LogEntry,
        document: Document,
        given: JsonObject,
        faults: Mapping[str, Fault],
        size: int,
    ) -> None:
        entry.operations = document.operations
        entry.variables = given.get("variables") if size <= LOGGED else None
        entry.faults = tuple(faults)
        with self._shop.lock:
            for operation in document.operations:
                self._shop.effects.requests[operation] += 1

    def _answer(
        self,
        request: Request,
        key: AccessKey | None,
        document: Document,
        given: JsonObject,
        faults: Mapping[str, Fault],
    ) -> Reply:
        if document.errors or document.node is None:
            return Reply.json({"errors": list(document.errors)})
        cached = document.is_query and not faults
        name = key.secret if key else ""
        with self._shop.lock:
            if cached:
                known = self._answers.get(self._shop.version, name, request.body)
                if known is not None:
                    return Reply(body=known)
            answer = self._execute(
                document, given, Context(self._shop, self._settings, key, faults)
            )
            body = dump(spoil_answer(answer, faults))
            if cached:
                self._answers.put(name, request.body, body)
        return Reply(body=body)

    def _execute(self, document: Document, given: JsonObject, context: Context) -> JsonObject:
        variables, name = given.get("variables"), given.get("operationName")
        documents = (
            self._documents_without_data
            if "no_data_field" in context.faults
            else self._usual_documents
        )
        result = execute_sync(
            documents.schema,
            cast("DocumentNode", document.node),
            context_value=context,
            variable_values=cast("dict[str, Any]", variables) if variables else None,
            operation_name=name if isinstance(name, str) else None,
        )
        answer: JsonObject = {"data": cast("JsonObject | None", result.data)}
        if result.errors:
            answer["errors"] = [cast("JsonObject", error.formatted) for error in result.errors]
        return answer

    def _key(self, request: Request) -> tuple[AccessKey | None, str]:
        """The key of a request and its name; an unknown one has the name "unknown"."""
        header = request.headers.get("authorization")
        if header is None:
            return None, "anonymous"
        scheme, _, secret = header.partition(" ")
        key = self._shop.keys.get(secret.strip()) if scheme.lower() == "bearer" else None
        return key, key.name if key else "unknown"


def _given(request: Request) -> JsonObject:
    try:
        given = json.loads(request.body)
    except ValueError as error:
        raise HttpError(400, "The body is not JSON.") from error
    if not isinstance(given, dict):
        raise HttpError(400, "The body is not a JSON object.")
    variables = given.get("variables")
    if variables is not None and not isinstance(variables, dict):
        raise HttpError(400, "The variables are not a JSON object.")
    return given


def _refusal(key_name: str, faults: Mapping[str, Fault]) -> Reply | None:
    """The answer to a key that is not known."""
    if key_name != "unknown" and (key_name == "anonymous" or "bad_key" not in faults):
        return None
    errors = {"errors": [{"message": "Invalid API key", "extensions": {"code": "UNAUTHORIZED"}}]}
    if "bad_key_as_errors" in faults:
        return Reply.json({"data": None, **errors})
    return Reply.json(errors, 401)
