"""A query that was parsed and checked."""

from __future__ import annotations

from dataclasses import dataclass

from graphql import DocumentNode

from ...http.json_value import JsonObject


@dataclass(frozen=True, slots=True)
class Document:
    """A query text, ready to run or with its errors.

    :param operations: operation name, if any, and root fields.
    """

    node: DocumentNode | None
    errors: tuple[JsonObject, ...] = ()
    operations: tuple[str, ...] = ()
    is_query: bool = True
