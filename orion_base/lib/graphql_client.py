"""GraphQL over `HttpSession`, with the gql library."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar, NoReturn

import gql
from gql import GraphQLRequest
from gql.client import SyncClientSession
from gql.transport import Transport
from graphql import DocumentNode, ExecutionResult, print_ast

from .errors import InvalidAnswer, OrionError, Rejected, WrongAddress
from .http_session import HttpResponse, HttpSession
from .sentence import Sentence, Sentences

_lt = Sentences(__name__)
#: Servers may answer errors of a document with these and the usual JSON.
_ERROR_STATUSES = frozenset({400, 422})
#: Of the only address an API has, they say nothing of the request.
_ABSENT_STATUSES = frozenset({301, 302, 303, 307, 308, 404, 405, 410})
_MESSAGE_LENGTH = 500
_NO_OBJECT = _lt(
    "The answer is not an object: this is not the marketplace's API. Check the address."
)
_NO_DATA = _lt("The answer holds no data: this is not the marketplace's API. Check the address.")


class GraphQLErrors(OrionError):
    """The API answered with errors of its own; what they mean only the marketplace's adapter knows.

    :param errors: `{"message": str, "path": list, "code": str}` each, without `code` where the
        API gives none.
    :param data: what was answered beside the errors, possibly partial, or None.
    """

    code: ClassVar[str] = "graphql_errors"

    def __init__(
        self,
        errors: list[dict[str, Any]],
        *,
        data: dict[str, Any] | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        message = "; ".join(dict.fromkeys(error["message"] for error in errors))
        super().__init__(message[:_MESSAGE_LENGTH], details={**(details or {}), "errors": errors})
        self.errors = errors
        self.data = data


class GraphQLClient:
    """Runs GraphQL documents at one endpoint; safe to share between threads.

    :param headers: sent with each call (``Authorization`` …).
    """

    def __init__(
        self, http: HttpSession, endpoint: str, headers: Mapping[str, str] | None = None
    ) -> None:
        fields = {"Accept": "application/json", **(headers or {})}
        transport = _HttpTransport(http, endpoint, fields)
        self._session = SyncClientSession(gql.Client(transport=transport, parse_results=False))

    def execute(
        self,
        document: str | GraphQLRequest,
        variables: Mapping[str, Any] | None = None,
        *,
        operation_name: str | None = None,
    ) -> dict[str, Any]:
        """The `data` of the answer.

        :param document: text, or what `gql.gql` makes of it: parsed and printed once.
        :raises GraphQLErrors: on top-level errors, whether or not there is data too.
        :raises InvalidAnswer: when the answer is not that of a GraphQL API, or has no data.
        :raises OrionError: as `HttpSession.request`.
        """
        request = _PrintedRequest(_parsed(document), variables, operation_name)
        result = self._session.execute(request, get_execution_result=True)
        return result.data or {}


class _Parsed:
    """A document and its text."""

    __slots__ = ("document", "text")

    def __init__(self, request: GraphQLRequest) -> None:
        self.document: DocumentNode = request.document
        self.text = print_ast(self.document)


@lru_cache(maxsize=256)
def _parsed_text(text: str) -> _Parsed:
    return _Parsed(gql.gql(text))


_parsed_requests: weakref.WeakKeyDictionary[GraphQLRequest, _Parsed] = weakref.WeakKeyDictionary()


def _parsed(document: str | GraphQLRequest) -> _Parsed:
    if isinstance(document, str):
        return _parsed_text(document)
    parsed = _parsed_requests.get(document)
    if parsed is None:
        parsed = _parsed_requests[document] = _Parsed(document)
    return parsed


class _PrintedRequest(GraphQLRequest):
    """A request that is not printed anew for each call."""

    def __init__(
        self, parsed: _Parsed, variables: Mapping[str, Any] | None, operation_name: str | None
    ) -> None:
        super().__init__(
            parsed.document,
            variable_values=dict(variables) if variables else None,
            operation_name=operation_name,
        )
        self._text = parsed.text

    @property
    def payload(self) -> dict[str, Any]:
        payload: dict[str, Any] = {"query": self._text}
        if self.operation_name:
            payload["operationName"] = self.operation_name
        if self.variable_values:
            payload["variables"] = self.variable_values
        return payload


class _HttpTransport(Transport):
    """Sends gql's requests through an `HttpSession`, and raises its typed errors."""

    def __init__(self, http: HttpSession, endpoint: str, headers: Mapping[str, str]) -> None:
        self._http = http
        self._endpoint = endpoint
        self._headers = headers

    def connect(self) -> None:
        """Nothing to do: the HTTP session connects when it sends."""

    def close(self) -> None:
        """Nothing to do: the HTTP session is its owner's to close."""

    def execute(self, request: GraphQLRequest, *args: Any, **kwargs: Any) -> ExecutionResult:
        response = self._post(request.payload)
        answer = response.json()
        if not isinstance(answer, dict):
            self._not_graphql(response, _NO_OBJECT)
        data, errors = answer.get("data"), answer.get("errors")
        if errors:
            raise GraphQLErrors(
                [self._error(item) for item in (errors if isinstance(errors, list) else [errors])],
                data=data if isinstance(data, dict) else None,
                details={"status": response.status, "correlation_id": response.correlation_id},
            )
        if response.status in _ERROR_STATUSES or not isinstance(data, dict):
            self._not_graphql(response, _NO_DATA)
        return ExecutionResult(data=data)

    def _post(self, payload: Mapping[str, Any]) -> HttpResponse:
        try:
            return self._http.request(
                "POST",
                self._endpoint,
                headers=self._headers,
                json=payload,
                accept=_ERROR_STATUSES,
            )
        except Rejected as error:
            status = error.details.get("status")
            if status not in _ABSENT_STATUSES:
                raise
            message = _lt(
                "The marketplace's API is not at this address at the moment (HTTP %(status)s). If "
                "it stays so, check the address.",
                status=status,
            )
            raise WrongAddress(message, details=error.details) from error

    def _error(self, item: Any) -> dict[str, Any]:
        """A GraphQL error as far as it can be read, without secrets it may repeat."""
        fields = item if isinstance(item, dict) else {"message": item}
        extensions = fields.get("extensions")
        code = extensions.get("code") if isinstance(extensions, dict) else None
        path = fields.get("path")
        message = self._http.redact(str(fields.get("message") or "Error without a message"))
        error = {
            "message": message[:_MESSAGE_LENGTH],
            "path": path if isinstance(path, list) else [],
        }
        if code is not None:
            error["code"] = self._http.redact(str(code))[:_MESSAGE_LENGTH]
        return error

    def _not_graphql(self, response: HttpResponse, reason: Sentence) -> NoReturn:
        raise InvalidAnswer(
            reason,
            details={"status": response.status, "correlation_id": response.correlation_id},
        )
