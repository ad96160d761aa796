"""Parsed queries by their text."""

from __future__ import annotations

import re
from typing import cast

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    parse,
    validate,
)

from ...http.json_value import JsonObject
from .document import Document

#: Texts kept before the cache starts anew.
KEPT = 500
UNDEFINED_FIELD = re.compile(r"Cannot query field '(\w+)' on type '(\w+)'")


class DocumentCache:
    """Parses and validates each text once."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self._documents: dict[tuple[str, str | None], Document] = {}

    def get(self, text: str, operation_name: str | None) -> Document:
        """The document of a query text."""
        known = self._documents.get((text, operation_name))
        if known is not None:
            return known
        document = self._read(text, operation_name)
        if len(self._documents) >= KEPT:
            self._documents.clear()
        self._documents[text, operation_name] = document
        return document

    def _read(self, text: str, operation_name: str | None) -> Document:
        try:
            node = parse(text)
        except GraphQLError as error:
            return Document(None, (_as_json(error),))
        errors = tuple(_as_json(error) for error in validate(self.schema, node))
        operation = _operation(node, operation_name)
        if operation is None:
            return Document(node, errors)
        fields = [
            selection.name.value
            for selection in operation.selection_set.selections
            if isinstance(selection, FieldNode)
        ]
        names = [operation.name.value] if operation.name else []
        is_query = operation.operation is OperationType.QUERY
        return Document(node, errors, (*names, *fields), is_query)


def _operation(node: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    for definition in node.definitions:
        if isinstance(definition, OperationDefinitionNode) and (
            name is None or (definition.name and definition.name.value == name)
        ):
            return definition
    return None


def _as_json(error: GraphQLError) -> JsonObject:
    """A query's error, worded as graphql-ruby does where that is known."""
    shown = cast("JsonObject", dict(error.formatted))
    undefined = UNDEFINED_FIELD.match(error.message)
    if undefined:
        field, kind = undefined.groups()
        shown["message"] = f"Field '{field}' doesn't exist on type '{kind}'"
        shown["extensions"] = {"code": "undefinedField", "typeName": kind, "fieldName": field}
    return shown
