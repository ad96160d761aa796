"""What the `errors` of a GraphQL answer mean. All words of the API are weighed here only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from odoo.addons.orion_base.lib.errors import (
    Forbidden,
    InvalidAnswer,
    OrionError,
    RateLimited,
    Rejected,
    ServiceUnavailable,
    Unauthorised,
    UnknownOutcome,
)
from odoo.addons.orion_base.lib.graphql_client import GraphQLErrors
from odoo.addons.orion_base.lib.sentence import Sentences

from .frames import OPTIONAL_FIELDS

_lt = Sentences(__name__)
_UNAUTHORISED_CODES = frozenset(
    {"unauthorized", "unauthorised", "unauthenticated", "authentication_required", "invalid_token"}
)
_FORBIDDEN_CODES = frozenset({"forbidden", "access_denied", "permission_denied"})
_BUSY_CODES = frozenset({"throttled", "rate_limited", "too_many_requests"})
_DOWN_CODES = frozenset({"service_unavailable", "maintenance"})

_UNAUTHORISED = re.compile(
    r"\bunauthenticated\b|\bunauthori[sz]ed\b|\b(?:invalid|unknown|expired|bad|missing|wrong)\b"
    r".{0,20}\b(?:api|access|bearer)?[ -]?(?:key|token)\b|\b(?:key|token)\b.{0,20}"
    r"\b(?:invalid|expired|revoked|unknown|missing)\b|\b(?:log|sign) ?in\b"
    r"|authentication (?:required|failed)",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile(
    r"\bforbidden\b|\bnot (?:allowed|permitted|authori[sz]ed)\b|\bpermissions?\b|\baccess denied\b"
    r"|\binsufficient\b",
    re.IGNORECASE,
)

#: Errors of reading the request, before anything was done: by graphql-ruby's codes, and by
#: the words of servers that give none.
_UNREAD_CODE = re.compile(
    r"undefined\w+|\w*argument\w*|\w*variable\w*|\w*fragment\w*|\w*selection\w*|fieldConflict"
    r"|missingRequired\w+|parse\w*|GRAPHQL_(?:VALIDATION|PARSE)_FAILED",
    re.IGNORECASE,
)
_UNREAD_WORDS = re.compile(
    r"^cannot query field|^field '\w+' doesn't exist|^unknown (?:argument|type|directive)"
    r"|^variable ['\"]?\$|^syntax error|^parse error|^expected ",
    re.IGNORECASE,
)
_MESSAGE_LENGTH = 200
_KEY_REFUSED = _lt("Letzshop refused the key. Check it, or ask Letzshop for a new one.")
RIGHT_MISSING = _lt(
    "The key is valid but lacks the right to do this. Ask Letzshop for the role of shop manager."
)


def error_of(answer: GraphQLErrors, *, changes: bool) -> OrionError:
    """The typed error that the answer's `errors` come to.

    :param changes: the request was a mutation: an error from the midst of carrying it out
        leaves open what was done.
    """
    errors = answer.errors
    message = answer.message[:_MESSAGE_LENGTH]
    details = {**answer.details, "message": message}
    unread = all(_refused_unread(error) for error in errors)
    for matches, kind, sentence in (
        (_says(errors, _UNAUTHORISED_CODES, _UNAUTHORISED), Unauthorised, _KEY_REFUSED),
        (_says(errors, _FORBIDDEN_CODES, _FORBIDDEN), Forbidden, RIGHT_MISSING),
        (_says(errors, _BUSY_CODES), RateLimited, _lt("Letzshop asks for fewer calls.")),
        (_says(errors, _DOWN_CODES), ServiceUnavailable, _lt("Letzshop does not serve now.")),
        (
            changes and unread,
            Rejected,
            _lt("Letzshop did not take the request: %(message)s", message=message),
        ),
        (changes, UnknownOutcome, _lt("Letzshop failed midway: %(message)s", message=message)),
    ):
        if matches:
            return kind(sentence, details=details)
    return InvalidAnswer(
        _lt("Letzshop could not answer: %(message)s", message=message), details=details
    )


def refused_fields(errors: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Optional fields of a shipment to which *all* these errors belong."""
    fields: set[str] = set()
    for error in errors:
        field = _optional_field(error)
        if field is None:
            return frozenset()
        fields.add(field)
    return frozenset(fields)


def _optional_field(error: Mapping[str, Any]) -> str | None:
    on_path = OPTIONAL_FIELDS.intersection(step for step in error["path"] if isinstance(step, str))
    if on_path:
        return min(on_path)
    quoted = re.search(r"['\"`](\w+)['\"`]", error["message"])
    return quoted[1] if quoted and quoted[1] in OPTIONAL_FIELDS else None


def _says(
    errors: Iterable[Mapping[str, Any]],
    codes: frozenset[str],
    words: re.Pattern[str] | None = None,
) -> bool:
    """True where an error has one of the codes, or says one of the words while it was
    carried out."""
    return any(
        _code(error).lower() in codes
        or (words is not None and not _refused_unread(error) and _matches(words, error))
        for error in errors
    )


def _code(error: Mapping[str, Any]) -> str:
    return error.get("code") or ""


def _matches(words: re.Pattern[str], error: Mapping[str, Any]) -> bool:
    return bool(words.search(error["message"]))


def _refused_unread(error: Mapping[str, Any]) -> bool:
    """True for an error of reading the request: graphql-ruby gives those a code."""
    code = _code(error)
    return bool(_UNREAD_CODE.fullmatch(code)) if code else _matches(_UNREAD_WORDS, error)
