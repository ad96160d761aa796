"""Faults of what GraphQL answers."""

from __future__ import annotations

from collections.abc import Mapping

from ...http.fault import Fault
from ...http.fault_kind import FaultKind
from ...http.json_value import JsonObject, JsonValue
from ...http.wire_faults import WHEN
from .money_shapes import MONEY_SHAPES

ANSWER_FAULTS = (
    FaultKind("bad_key", "Takes every key for an unknown one."),
    FaultKind("bad_key_as_errors", "Answers an unknown key with 200 and errors, not with 401."),
    FaultKind("forbidden", "Takes every key for one without rights."),
    FaultKind("errors_with_data", "Adds a top-level error to the data.", {"message": str}),
    FaultKind("null_payload", "Makes a mutation's payload null.", WHEN),
    FaultKind(
        "payload_errors",
        "Fails objects of a mutation in its payload: the first `count`, or all.",
        {"count": int, "code": str, "message": str},
    ),
    FaultKind("money", "Writes money in another shape.", {"shape": tuple(MONEY_SHAPES)}),
    FaultKind(
        "unknown_enum",
        "Shows a value outside the schema, `count` times in each answer.",
        {"where": ("shipment", "unit", "parser"), "value": str, "count": int},
    ),
    FaultKind("extra_fields", "Adds a field that nobody asked for to every object."),
    FaultKind("missing_fields", "Leaves out what is null, or the named fields.", {"names": list}),
    FaultKind("duplicate_page", "Begins a later page so many nodes earlier.", {"count": int}),
    FaultKind("shift_pages", "Begins a later page so many nodes further on.", {"count": int}),
    FaultKind("stuck_cursor", "Promises a next page for ever, with the same cursor."),
    FaultKind("tracking_fails", "Answers null and an error where tracking is read."),
    FaultKind("no_data_field", "Does not know the field Shipment.data."),
)
EXTRA_FIELD = "_added_later"


def spoil_answer(answer: JsonObject, faults: Mapping[str, Fault]) -> JsonObject:
    """What becomes of an executed answer."""
    if "extra_fields" in faults and "data" in answer:
        answer = {**answer, "data": _with_extra(answer["data"])}
    missing = faults.get("missing_fields")
    if missing is not None and "data" in answer:
        names = missing.value("names")
        answer = {**answer, "data": _without(answer["data"], names)}
    added = faults.get("errors_with_data")
    if added is not None:
        error: JsonObject = {"message": added.text("message", "Something went wrong")}
        errors = answer.get("errors")
        answer = {**answer, "errors": [*(errors if isinstance(errors, list) else []), error]}
    return answer


def _with_extra(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        changed = {name: _with_extra(member) for name, member in value.items()}
        return {**changed, EXTRA_FIELD: {"value": 1}}
    if isinstance(value, list):
        return [_with_extra(member) for member in value]
    return value


def _without(value: JsonValue, names: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {
            name: _without(member, names)
            for name, member in value.items()
            if (name not in names if isinstance(names, list) else member is not None)
        }
    if isinstance(value, list):
        return [_without(member, names) for member in value]
    return value
