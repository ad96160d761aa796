import json
from unittest.mock import patch

import gql
import pytest

from odoo.addons.orion_base.lib import graphql_client
from odoo.addons.orion_base.lib.errors import (
    InvalidAnswer,
    Rejected,
    Unauthorised,
    UnknownOutcome,
    WrongAddress,
)
from odoo.addons.orion_base.lib.graphql_client import GraphQLClient, GraphQLErrors
from odoo.addons.orion_base.lib.http_session import HttpSession

from .raw_server import RawServer, answer

SECRET = "graphql-test-secret"
DOCUMENT = "query Pieces($first: Int) { pieces(first: $first) { id } }  # a remark"


def run(body, document=DOCUMENT, status="200 OK", **options):
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    with RawServer((answer(status, text),)) as server:
        http = HttpSession(secrets=[SECRET])
        client = GraphQLClient(http, server.url(), {"Authorization": f"Bearer {SECRET}"})
        try:
            return client.execute(document, **options), server.requests
        finally:
            http.close()


def test_data_is_returned_and_the_request_is_as_the_standard_says():
    data, requests = run(
        {"data": {"pieces": [{"id": "a"}]}}, variables={"first": 2}, operation_name="Pieces"
    )
    assert data == {"pieces": [{"id": "a"}]}
    sent = json.loads(requests[0].body)
    assert sent.keys() == {"query", "variables", "operationName"}
    assert sent["variables"] == {"first": 2}
    assert sent["operationName"] == "Pieces"
    assert "pieces(first: $first)" in sent["query"]
    assert "remark" not in sent["query"]
    assert requests[0].headers["authorization"] == f"Bearer {SECRET}"
    assert requests[0].headers["accept"] == "application/json"


@pytest.mark.parametrize("status", ["200 OK", "400 Bad", "422 No"])
def test_errors_are_raised_even_beside_data(status):
    error = {
        "message": f"No right for {SECRET}",
        "path": ["pieces", 0],
        "extensions": {"code": "FORBIDDEN"},
    }
    with pytest.raises(GraphQLErrors) as caught:
        run({"data": {"pieces": None}, "errors": [error]}, status=status)
    assert caught.value.errors == [
        {"message": "No right for ***", "path": ["pieces", 0], "code": "FORBIDDEN"}
    ]
    assert caught.value.data == {"pieces": None}
    assert caught.value.message == "No right for ***"
    assert caught.value.details["status"] == int(status[:3])
    assert SECRET not in json.dumps(caught.value.details)


@pytest.mark.parametrize("errors", ["broken", [None], [{}], {"message": 5}, [{"extensions": []}]])
def test_odd_errors_are_errors_too(errors):
    with pytest.raises(GraphQLErrors) as caught:
        run({"errors": errors})
    assert caught.value.data is None
    assert caught.value.errors[0].keys() == {"message", "path"}
    assert caught.value.message


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"",
        b"[]",
        b"null",
        b"{}",
        {"data": None},
        {"data": []},
        {"data": None, "errors": []},
    ],
)
def test_answers_without_data_are_invalid(body):
    with pytest.raises(InvalidAnswer):
        run(body)


def test_400_without_errors_is_invalid():
    with pytest.raises(InvalidAnswer):
        run({"data": {}}, status="400 Bad")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("401 No", Unauthorised),
        ("404 No", WrongAddress),
        ("302 Found", WrongAddress),
        ("413 No", Rejected),
        ("500 Oh", UnknownOutcome),
    ],
)
def test_errors_of_http_pass_through(status, expected):
    with pytest.raises(expected):
        run({"errors": [{"message": "x"}]}, status=status)


@pytest.mark.parametrize("document", ["{ once { a } }", gql.gql("{ once { b } }")])
def test_document_is_printed_once(document):
    with patch.object(graphql_client, "print_ast", wraps=graphql_client.print_ast) as printing:
        for _each in range(3):
            run({"data": {"once": 1}}, document)
    assert printing.call_count == 1
