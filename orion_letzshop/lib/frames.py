"""Everything about the wire that is assumed rather than known, in one place each.

Letzshop publishes no reference of its shipment queries and mutations. A name that turns
out otherwise is changed here, or in the file of `queries/` that holds it.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import (
    REMOVE,
    DocumentNode,
    EnumValueNode,
    FieldNode,
    Visitor,
    VisitorAction,
    parse,
    print_ast,
    visit,
)

_QUERIES = Path(__file__).parent / "queries"

#: Fields of a shipment that Letzshop may not have, or may fail to read.
CARRIER_FIELD = "data"
TRACKING_FIELD = "tracking"
OPTIONAL_FIELDS = frozenset({CARRIER_FIELD, TRACKING_FIELD})

#: Names under which the mutations answer.
CONFIRM_MUTATION = "confirmInventoryUnits"
TRACKING_MUTATION = "setShipmentTracking"
INVENTORY_MUTATION = "updateInventory"

#: Largest page we ask for, whatever the channel's settings say.
MAX_PAGE_SIZE = 100
DEFAULT_PAGE_SIZE = 50


class ShipmentFilter(enum.Enum):
    """Values of the query's argument `state`; it has no others."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"


class UnitState:
    """Letzshop's words for the state of a piece."""

    UNCONFIRMED = "unconfirmed"
    AVAILABLE = "confirmed_available"
    UNAVAILABLE = "confirmed_unavailable"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Connection:
    """A page as it came over the wire.

    :param after: cursor of the next page; None on the last one.
    :param complete: False where something is on this page, or behind it, that was not given.
    """

    nodes: tuple[Mapping[str, Any], ...]
    after: str | None
    complete: bool = True


@dataclass(frozen=True, slots=True)
class PayloadError:
    """An entry of a mutation payload's `errors`; texts are empty where absent."""

    object_id: str
    code: str
    message: str


@functools.cache
def load(name: str) -> str:
    """Text of `queries/<name>.graphql`."""
    return (_QUERIES / f"{name}.graphql").read_text(encoding="utf-8")


@functools.cache
def _document(name: str) -> DocumentNode:
    return parse(load(name), no_location=True)


class _Reshape(Visitor):
    """Set the filter's value, and drop fields. A variable would need the enum's type
    name, which is not known; a literal needs none."""

    def __init__(self, state: ShipmentFilter, without: frozenset[str]) -> None:
        super().__init__()
        self.state = state
        self.without = without

    def enter_field(self, node: FieldNode, *_args: Any) -> VisitorAction:
        return REMOVE if node.name.value in self.without else None

    def enter_enum_value(self, node: EnumValueNode, *_args: Any) -> EnumValueNode:
        return EnumValueNode(value=self.state.value)


@functools.cache
def shipments_query(name: str, state: ShipmentFilter, without: frozenset[str] = frozenset()) -> str:
    """Text of the shipments query in `queries/<name>.graphql`, for one state."""
    return print_ast(visit(_document(name), _Reshape(state, without)))


def page_variables(first: int, after: str | None) -> dict[str, Any]:
    """Variables that ask for one page."""
    return {"first": max(1, min(first, MAX_PAGE_SIZE)), "after": after}


def read_connection(data: Mapping[str, Any]) -> Connection | None:
    """The page in the answer of a shipments query; None where it is null."""
    connection = data.get("shipments")
    if not isinstance(connection, Mapping):
        return None
    nodes = connection.get("nodes")
    if not isinstance(nodes, list):
        return None
    info = connection.get("pageInfo")
    after = None
    more = isinstance(info, Mapping) and bool(info.get("hasNextPage"))
    if isinstance(info, Mapping) and more:
        after = text(info.get("endCursor")) or None
    readable = tuple(node for node in nodes if isinstance(node, Mapping))
    lost = len(readable) < len(nodes) or (more and after is None)
    return Connection(readable, after, complete=not lost)


def confirm_variables(unit_ids: Iterable[str], *, available: bool) -> dict[str, Any]:
    """Variables that accept, or refuse, these pieces."""
    return {
        "input": {
            "inventoryUnits": [
                {"inventoryUnitId": unit_id, "isAvailable": available} for unit_id in unit_ids
            ]
        }
    }


def tracking_variables(shipment_id: str, code: str, provider: str) -> dict[str, Any]:
    """Variables that set the tracking of one shipment."""
    return {"input": {"shipmentId": shipment_id, "code": code, "provider": provider}}


def inventory_variables(quantities: Mapping[str, int]) -> dict[str, Any]:
    """Variables that set the stock of products by SKU."""
    items = [{"sku": sku, "quantity": quantity} for sku, quantity in quantities.items()]
    return {"input": {"items": items}}


def read_inventory_errors(payload: Mapping[str, Any], skus: Iterable[str]) -> dict[str, str]:
    """Complaints by SKU; one without a SKU, or none at all where it did not succeed, is about
    all of them."""
    errors = payload.get("errors")
    found: dict[str, str] = {}
    general = "" if payload.get("success") is not False or errors else "success: false"
    for error in errors if isinstance(errors, list) else ():
        if isinstance(error, Mapping):
            sku, message = text(error.get("sku")), text(error.get("message")) or "?"
            if sku:
                found[sku] = message
            else:
                general = message
    return dict.fromkeys(skus, general) | found if general else found


def read_payload(data: Mapping[str, Any], mutation: str) -> Mapping[str, Any] | None:
    """Payload of a mutation; None where it is null or absent."""
    payload = data.get(mutation)
    return payload if isinstance(payload, Mapping) else None


def read_units(owner: Mapping[str, Any]) -> dict[str, str]:
    """State by id of the `inventoryUnits` in a shipment or a payload."""
    units = owner.get("inventoryUnits")
    if not isinstance(units, list):
        return {}
    return {
        text(unit.get("id")): text(unit.get("state"))
        for unit in units
        if isinstance(unit, Mapping) and text(unit.get("id"))
    }


def read_payload_errors(payload: Mapping[str, Any]) -> tuple[PayloadError, ...]:
    """`errors` of a mutation's payload."""
    errors = payload.get("errors")
    if not isinstance(errors, list):
        return ()
    return tuple(
        PayloadError(text(error.get("id")), text(error.get("code")), text(error.get("message")))
        for error in errors
        if isinstance(error, Mapping)
    )


def read_carrier_type(shipment: Mapping[str, Any]) -> str:
    """Name of the GraphQL type that tells the carrier; empty where there is none."""
    data = shipment.get(CARRIER_FIELD)
    return text(data.get("__typename")) if isinstance(data, Mapping) else ""


def read_tracking(shipment: Mapping[str, Any]) -> tuple[str, str]:
    """Tracking number and provider; empty where there is none."""
    tracking = shipment.get(TRACKING_FIELD)
    if not isinstance(tracking, Mapping):
        return "", ""
    return text(tracking.get("code")), text(tracking.get("provider"))


def text(value: Any) -> str:
    """`value` as stripped text; empty for null and for what is no text."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return ""
