"""docs/rpc.md against the models that are really there."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.stage import Stage
from tools.settings import REPOSITORY

PAGE = REPOSITORY / "docs" / "rpc.md"

STORE, ADMIN = "/api/v1/store", "/api/v1/admin"
#: Every REST endpoint that the documents name.
ENDPOINTS = {
    f"{verb} {STORE}/letzshop/{path}"
    for verb, path in [
        ("GET", "status"),
        ("GET", "credentials"),
        ("POST", "credentials"),
        ("PATCH", "credentials"),
        ("DELETE", "credentials"),
        ("POST", "test"),
        ("POST", "test-key"),
        ("GET", "orders"),
        ("GET", "orders/{id}"),
        ("POST", "orders/import"),
        ("POST", "orders/{id}/confirm"),
        ("POST", "orders/{id}/reject"),
        ("POST", "orders/{id}/tracking"),
        ("GET", "logs"),
        ("GET", "queue"),
    ]
} | {
    f"{verb} {ADMIN}/{path}"
    for verb, path in [
        ("GET", "letzshop/stores"),
        ("GET", "letzshop/stores/{id}/credentials"),
        ("POST", "letzshop/stores/{id}/credentials"),
        ("PATCH", "letzshop/stores/{id}/credentials"),
        ("DELETE", "letzshop/stores/{id}/credentials"),
        ("POST", "letzshop/stores/{id}/test"),
        ("POST", "letzshop/test"),
        ("GET", "letzshop/stores/{id}/orders"),
        ("POST", "letzshop/stores/{id}/sync"),
        ("GET", "orders"),
        ("GET", "orders/stats"),
        ("GET", "orders/stores"),
        ("GET", "orders/{id}"),
        ("PATCH", "orders/{id}/status"),
        ("POST", "orders/{id}/ship"),
        ("GET", "orders/{id}/shipping-label"),
        ("GET", "order-exceptions"),
        ("GET", "order-exceptions/stats"),
        ("GET", "order-exceptions/{id}"),
        ("POST", "order-exceptions/{id}/resolve"),
        ("POST", "order-exceptions/{id}/ignore"),
        ("POST", "order-exceptions/bulk-resolve"),
        ("POST", "marketplace-import-jobs"),
        ("GET", "marketplace-import-jobs/{id}"),
        ("GET", "marketplace-import-jobs"),
        ("GET", "marketplace-import-jobs/stats"),
    ]
} | {
    f"POST {STORE}/marketplace/import",
    f"GET {STORE}/marketplace/imports/{{id}}",
    f"GET {STORE}/marketplace/imports",
}  # fmt: skip

ROW = re.compile(
    r"^\| `(?P<endpoint>[A-Z]+ /api/[^`]+)` \| (?P<answer>[^|]+) \| `(?P<example>call\(.+\))` \|$"
)
ANSWER = re.compile(r"^(?P<later>not built yet \(issue \d+\): )?`(?P<method>[a-z_.]+)`$")
LATER_METHOD = re.compile(r"^\| `(?P<method>[a-z_.]+)` \| \d+ \|$", re.MULTILINE)
HEADING = re.compile(r"^### .*: `(?P<model>[a-z.]+)`$|^#### `(?P<method>\w+)\((?P<names>[^)]*)\)`")

#: Prints what the installed models say of each method; keys are `model.method`.
ASK = """
import inspect, json
from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
answer = {{}}
for full_name in {methods!r}:
    model_name, _dot, name = full_name.rpartition(".")
    if model_name not in env:
        continue
    model = env[model_name]
    try:
        method = get_public_method(model, name)
    except AttributeError:
        continue
    except AccessError:
        answer[full_name] = {{"public": False}}
        continue
    answer[full_name] = {{
        "public": True,
        "of_model": bool(getattr(method, "_api_model", False)),
        "arguments": [name for name in inspect.signature(method).parameters][1:],
        "fields": sorted(model._fields),
    }}
print("ANSWER", json.dumps(answer))
"""


@dataclass(frozen=True)
class Row:
    """An endpoint of the documents and what answers it."""

    endpoint: str
    method: str
    is_built: bool
    example: ast.Call


def rows() -> Iterator[Row]:
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if not re.match(r"^\| `[A-Z]+ /api/", line):
            continue
        row = ROW.match(line)
        assert row, f"not a row of three cells with a call: {line}"
        answer = ANSWER.match(row["answer"])
        assert answer, f"names no method: {line}"
        example = ast.parse(row["example"], mode="eval").body
        assert isinstance(example, ast.Call)
        yield Row(row["endpoint"], answer["method"], not answer["later"], example)


def documented() -> dict[str, list[str]]:
    """Arguments by method, of the chapter “Methods”; `ids` first where there are any."""
    result, model = {}, ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        heading = HEADING.match(line)
        if heading and heading["model"]:
            model = heading["model"]
        elif heading:
            names = [name.strip() for name in heading["names"].split(",") if name.strip()]
            result[f"{model}.{heading['method']}"] = names
    return result


@pytest.fixture(scope="module")
def installed(stage: Stage) -> dict[str, Any]:
    """What the installed models say of every method the page names."""
    methods = {row.method for row in rows()} | set(documented()) | later_methods()
    with stage.clone() as database:
        answer: dict[str, Any] = stage.shell(database, ASK.format(methods=sorted(methods)))
    return answer


def later_methods() -> set[str]:
    return set(LATER_METHOD.findall(PAGE.read_text(encoding="utf-8")))


def test_every_endpoint_of_the_documents_has_one_row() -> None:
    endpoints = [row.endpoint for row in rows()]
    assert sorted(endpoints) == sorted(ENDPOINTS)


def test_examples_call_the_method_of_their_row() -> None:
    for row in rows():
        model, method = (ast.literal_eval(argument) for argument in row.example.args[:2])
        assert f"{model}.{method}" == row.method, row.endpoint


def test_methods_of_rows_can_be_called(installed: dict[str, Any]) -> None:
    for row in rows():
        if row.is_built:
            assert row.method in installed, f"{row.endpoint}: there is no {row.method}"
            assert installed[row.method]["public"], f"{row.endpoint}: {row.method} is private"


def test_examples_fit_the_methods(installed: dict[str, Any]) -> None:
    for row in rows():
        if not row.is_built:
            continue
        facts = installed[row.method]
        has_ids = len(row.example.args) == 3
        assert has_ids != facts["of_model"], f"{row.endpoint}: ids where none belong, or none"
        given = {keyword.arg: ast.literal_eval(keyword.value) for keyword in row.example.keywords}
        unknown = given.keys() - set(facts["arguments"])
        if row.method.endswith(".search_read"):
            unknown -= {"limit", "order", "offset"}
        assert not unknown, f"{row.endpoint}: {row.method} takes no {unknown}"
        assert not fields_of(given) - set(facts["fields"]), f"{row.endpoint}: unknown field"


def fields_of(given: dict[str | None, Any]) -> set[str]:
    """Fields that arguments of `search_read` or `write` name."""
    domain = {term[0].split(".")[0] for term in given.get("domain", [])}
    return domain | set(given.get("fields", [])) | set(given.get("vals", {}))


def test_what_is_not_built_is_not_there(installed: dict[str, Any]) -> None:
    promised = {row.method for row in rows() if not row.is_built}
    there = (promised | later_methods()) & installed.keys()
    assert not there, f"say in docs/rpc.md that it is built: {sorted(there)}"


def test_described_methods_take_what_the_page_says(installed: dict[str, Any]) -> None:
    described = documented()
    assert len(described) >= 15
    for method, names in described.items():
        facts = installed[method]
        arguments = [] if facts["of_model"] else ["ids"]
        assert names == arguments + facts["arguments"], method


def test_every_built_method_of_a_row_is_described() -> None:
    plain = {"search_read", "write"}
    built = {row.method for row in rows() if row.is_built}
    missing = {name for name in built if name.rpartition(".")[2] not in plain} - set(documented())
    assert not missing


def test_json_examples_of_the_page_are_json() -> None:
    blocks = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 4
    for block in blocks:
        assert isinstance(json.loads(block), dict)
