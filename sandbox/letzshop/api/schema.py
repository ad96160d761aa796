"""The executable schema."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import cast

from graphql import GraphQLObjectType, GraphQLSchema, GraphQLUnionType, build_schema

from ..records.brand import Brand
from ..records.parcel_data import ParcelData
from . import mutations, queries
from .record_fields import RECORD_TYPES, Resolver, attribute_resolver

SCHEMA_FILE = Path(__file__).parents[1] / "schema.graphql"

RESOLVERS: dict[tuple[str, str], Resolver] = {
    ("Query", "shipments"): queries.resolve_shipments,
    ("Query", "products"): queries.resolve_products,
    ("Mutation", "confirmInventoryUnits"): mutations.resolve_confirm,
    ("Mutation", "setShipmentTracking"): mutations.resolve_track,
    ("Mutation", "returnInventoryUnits"): mutations.resolve_return,
    ("Mutation", "updateInventory"): mutations.resolve_stock,
    ("Shipment", "state"): queries.resolve_shipment_state,
    ("Shipment", "tracking"): queries.resolve_tracking,
    ("InventoryUnit", "state"): queries.resolve_unit_state,
    ("TradeId", "parser"): queries.resolve_parser,
    ("Order", "completedAt"): queries.resolve_completed_at,
    ("Order", "total"): queries.resolve_total,
    ("Variant", "price"): queries.resolve_price,
}


@cache
def make_schema(*, with_data: bool = True, with_stock: bool = False) -> GraphQLSchema:
    """The schema with its resolvers.

    :param with_data: whether a shipment has the field `data`.
    :param with_stock: whether there is the mutation `updateInventory`.
    """
    text = SCHEMA_FILE.read_text(encoding="utf-8")
    schema = build_schema(text)
    for name in RECORD_TYPES:
        for field_name, field in _object_type(schema, name).fields.items():
            field.resolve = attribute_resolver(field_name)
    for (type_name, field_name), resolver in RESOLVERS.items():
        _object_type(schema, type_name).fields[field_name].resolve = resolver
    cast("GraphQLUnionType", schema.type_map["BrandOrUnknown"]).resolve_type = _brand_type
    cast("GraphQLUnionType", schema.type_map["ShipmentData"]).resolve_type = _parcel_type
    _open_enums(schema)
    if not with_data:
        del _object_type(schema, "Shipment").fields["data"]
    if not with_stock:
        del _object_type(schema, "Mutation").fields["updateInventory"]
    return schema


def _object_type(schema: GraphQLSchema, name: str) -> GraphQLObjectType:
    return cast("GraphQLObjectType", schema.type_map[name])


def _brand_type(brand: Brand, *_rest: object) -> str:
    return "Brand" if brand.name else "BrandUnknown"


def _parcel_type(parcel: ParcelData, *_rest: object) -> str:
    return parcel.carrier


def _open_enums(schema: GraphQLSchema) -> None:
    """Let enums show any text, as a server does that is newer than our copy of the schema."""
    for name in ("ShipmentState", "InventoryUnitState", "TradeIdParser"):
        vars(schema.type_map[name]).update(serialize=str, coerce_output_value=str)
