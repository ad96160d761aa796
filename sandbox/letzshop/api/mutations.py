"""Resolvers of what changes something."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...http.fault import Fault
from ..records.mutation_error import MutationError
from ..records.tracking import Tracking
from .queries import Info, visible_vendors

Payload = dict[str, Any]


def resolve_confirm(_root: Any, info: Info, **arguments: Any) -> Payload | None:
    """Accept or refuse pieces."""
    vendors = visible_vendors(info)
    given = arguments["input"]

    def perform(spared: int) -> Payload:
        decisions = [
            (entry["inventoryUnitId"], entry["isAvailable"])
            for entry in given["inventoryUnits"][spared:]
        ]
        units, errors = info.context.shop.confirm(decisions, vendors)
        return {"inventoryUnits": units, "errors": errors}

    ids = [entry["inventoryUnitId"] for entry in given["inventoryUnits"]]
    return _perform(info, given, ids, perform)


def resolve_return(_root: Any, info: Info, **arguments: Any) -> Payload | None:
    """Return pieces."""
    vendors = visible_vendors(info)
    given = arguments["input"]

    def perform(spared: int) -> Payload:
        ids = given["inventoryUnitIds"][spared:]
        units, errors = info.context.shop.give_back(ids, vendors)
        return {"inventoryUnits": units, "errors": errors}

    return _perform(info, given, given["inventoryUnitIds"], perform)


def resolve_track(_root: Any, info: Info, **arguments: Any) -> Payload | None:
    """Set a parcel number."""
    vendors = visible_vendors(info)
    given = arguments["input"]

    def perform(spared: int) -> Payload:
        if spared:
            return {"shipment": None, "errors": []}
        tracking = Tracking(given["code"], given["provider"])
        shipment, errors = info.context.shop.track(given["shipmentId"], tracking, vendors)
        return {"shipment": shipment, "errors": errors}

    return _perform(info, given, [given["shipmentId"]], perform)


def resolve_stock(_root: Any, info: Info, **arguments: Any) -> Payload:
    """Set the stock of products by SKU; what no catalogue knows is refused."""
    visible_vendors(info)
    shop = info.context.shop
    errors = []
    for item in arguments["input"]["items"]:
        if item["quantity"] < 0:
            errors.append({"sku": item["sku"], "message": "quantity is negative"})
        else:
            shop.stock[item["sku"]] = item["quantity"]
    return {"success": not errors, "errors": errors}


def _perform(
    info: Info,
    given: Payload,
    ids: Sequence[str],
    perform: Callable[[int], Payload],
) -> Payload | None:
    """Do it, but for the objects that a fault spares."""
    faults = info.context.faults
    null = faults.get("null_payload")
    if null is not None and null.before:
        return None
    failed = _failures(faults.get("payload_errors"), ids)
    payload = perform(len(failed))
    payload["errors"] = [*failed, *payload["errors"]]
    payload["clientMutationId"] = given.get("clientMutationId")
    return None if null is not None else payload


def _failures(fault: Fault | None, ids: Sequence[str]) -> list[MutationError]:
    if fault is None:
        return []
    count = int(fault.number("count", len(ids)))
    code = fault.text("code", "INTERNAL")
    message = fault.text("message", "Could not be processed, please try again")
    return [MutationError(object_id, code, message) for object_id in ids[:count]]
