"""Resolvers of what is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from graphql import GraphQLError, GraphQLResolveInfo

from ..records.inventory_unit import InventoryUnit
from ..records.order import Order
from ..records.product import Product
from ..records.shipment import Shipment
from ..records.tracking import Tracking
from ..records.trade_id import TradeId
from ..records.variant import Variant
from .context import Context
from .local_time import local_iso
from .page import Page, cut_page

Info: TypeAlias = "GraphQLResolveInfo[Context]"


def visible_vendors(info: Info) -> frozenset[str]:
    """Vendors whose orders the key opens; an error when there are none."""
    key = info.context.key
    if key is None or not key.vendors:
        message = f"You are not authorized to access {info.field_name}"
        raise GraphQLError(message, extensions={"code": "FORBIDDEN"})
    return key.vendors


def resolve_shipments(_root: Any, info: Info, **arguments: Any) -> Page[Shipment]:
    """Shipments of the key's vendors."""
    context = info.context
    found: Sequence[Shipment] = context.shop.visible(visible_vendors(info), arguments.get("state"))
    sign = 1
    if context.settings.newest_first:
        found, sign = found[::-1], -1
    return cut_page(
        found,
        lambda shipment: sign * shipment.sequence,
        arguments,
        context.settings,
        context.faults,
    )


def resolve_products(_root: Any, info: Info, **arguments: Any) -> Page[Product]:
    """Products, for anybody."""
    context = info.context
    found = context.shop.products()
    ranks = {product.id: place for place, product in enumerate(found)}
    return cut_page(
        found, lambda product: ranks[product.id], arguments, context.settings, context.faults
    )


def resolve_shipment_state(shipment: Shipment, info: Info) -> str | None:
    """State of a shipment."""
    return info.context.enum("shipment", shipment.state)


def resolve_unit_state(unit: InventoryUnit, info: Info) -> str | None:
    """State of a piece."""
    return info.context.enum("unit", unit.state)


def resolve_parser(trade_id: TradeId, info: Info) -> str | None:
    """Parser of a trade id."""
    return info.context.enum("parser", trade_id.parser)


def resolve_tracking(shipment: Shipment, info: Info) -> Tracking | None:
    """The parcel's number."""
    if "tracking_fails" in info.context.faults:
        raise GraphQLError("undefined method 'code' for nil:NilClass")
    return shipment.tracking


def resolve_completed_at(order: Order, _info: Info) -> str:
    """When the customer finished the checkout."""
    return local_iso(order.completed_at)


def resolve_total(order: Order, info: Info) -> str | int | float | None:
    """What the customer paid."""
    if order.total is None:
        return None
    return info.context.money(order.total, order.currency)


def resolve_price(variant: Variant, info: Info) -> str | int | float:
    """What one piece costs."""
    return info.context.money(variant.price, variant.currency)
