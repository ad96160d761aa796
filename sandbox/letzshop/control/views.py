"""Records as the control API shows them."""

from __future__ import annotations

from dataclasses import asdict

from ...http.json_value import JsonObject
from ..records.article import Article
from ..records.inventory_unit import InventoryUnit
from ..records.shipment import Shipment


def shipment_view(shipment: Shipment) -> JsonObject:
    """A shipment with its pieces and what is special about it."""
    order = shipment.order
    return {
        "id": shipment.id,
        "number": shipment.number,
        "vendor": shipment.vendor,
        "state": shipment.state,
        "traits": list(shipment.traits),
        "carrier": shipment.data.carrier if shipment.data else None,
        "tracking": asdict(shipment.tracking) if shipment.tracking else None,
        "order": {
            "id": order.id,
            "number": order.number,
            "email": order.email,
            "total": None if order.total is None else str(order.total),
            "locale": order.locale,
            "currency": order.currency,
            "completed_at": order.completed_at.isoformat(),
        },
        "units": [_unit_view(unit) for unit in shipment.inventory_units],
    }


def _unit_view(unit: InventoryUnit) -> JsonObject:
    variant = unit.variant
    trade_id = variant.trade_id if variant else None
    return {
        "id": unit.id,
        "state": unit.state,
        "variant": variant.id if variant else None,
        "sku": variant.sku if variant else None,
        "price": str(variant.price) if variant else None,
        "trade_id": trade_id.number if trade_id else None,
    }


def article_view(article: Article) -> JsonObject:
    """An article of the merchant's catalogue."""
    variant = article.variant
    product = variant.product
    name = product.name if product else None
    brand = product.brand if product else None
    return {
        "sku": variant.sku,
        "name": {} if name is None else asdict(name),
        "option": _option(variant.sku or ""),
        "gtin": article.gtin,
        "list_price": str(article.list_price),
        "tax_rate": article.tax_rate,
        "brand": brand.name if brand else None,
        "mpn": variant.mpn,
        "category": article.category,
        "weight": str(article.weight),
    }


def _option(sku: str) -> str | None:
    """Size or colour of a variant: the third part of its SKU."""
    parts = sku.split("-", 2)
    return parts[2] if len(parts) == 3 else None
