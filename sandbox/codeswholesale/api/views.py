"""Records as the API shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone

from ...http.fault import Fault
from ...http.json_value import JsonObject, JsonValue
from ..records.code import Code
from ..records.order import Order, OrderLine
from ..records.product import Product

CODE_TYPES = {"text": "CODE_TEXT", "image": "CODE_IMAGE", "preorder": "CODE_PREORDER"}
CODE_STATUSES = {
    "text": "Text code",
    "image": "Image code",
    "preorder": "Pre-ordered code",
}


def moment(value: datetime) -> str:
    """As in the vendor's answers."""
    return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def product_view(product: Product, base: str) -> JsonObject:
    """An item of the catalogue; one that has left the list has neither prices nor stock."""
    bands: list[JsonValue] = [band.as_json() for band in product.bands] if product.is_listed else []
    return {
        "productId": product.id,
        "identifier": product.identifier,
        "name": product.name,
        "platform": product.platform,
        "quantity": product.quantity if product.is_listed else 0,
        "images": [{"image": f"{base}/v3/productImages/{product.id}", "format": "MEDIUM"}],
        "regions": list(product.regions),
        "languages": list(product.languages),
        "prices": bands,
        "releaseDate": moment(product.released),
        "badges": [],
        "links": [{"rel": "self", "href": f"{base}/v3/products/{product.id}"}],
    }


def description_view(product: Product, locale: str) -> JsonObject:
    """Texts, numbers and ratings."""
    text = f"{product.name} for {product.platform}. A made-up game of a stand-in."
    if locale != "en":
        text = f"[{locale}] {text}"
    return {
        "productId": product.id,
        "platform": product.platform,
        "officialTitle": product.name,
        "category": product.category,
        "developerName": product.developer,
        "eans": list(product.eans),
        "pegirating": "12",
        "localizedTitles": [{"territory": "Germany", "title": f"{product.name} (DE)"}],
        "factSheets": [{"territory": locale, "description": f"<p>{text}</p>"}],
        "photos": [],
        "videos": [],
        "releases": [{"status": "released", "date": moment(product.released)}],
        "minimumRequirements": "A computer",
        "recommendedRequirements": "A better computer",
    }


def code_view(code: Code, faults: Mapping[str, Fault], base: str) -> JsonObject:
    """A code, as in an order or alone."""
    value = code.value
    if code.kind == "image" and "broken_image" in faults:
        value = "*** no base64 ***"
    kind = CODE_TYPES[code.kind]
    if "odd_code_type" in faults:
        kind = faults["odd_code_type"].text("type", "CODE_HOLOGRAM")
    return {
        "codeType": kind,
        "status": CODE_STATUSES[code.kind],
        "codeId": code.id,
        "filename": code.filename,
        "code": value,
        "links": [{"rel": "code", "href": f"{base}/v3/codes/{code.id}"}],
    }


def order_view(order: Order, now: datetime, faults: Mapping[str, Fault], base: str) -> JsonObject:
    """An order with its codes, as far as they are there."""
    status = "Fulfilling" if "stuck_order" in faults else order.status(now)
    shown = status == "Completed"
    if "odd_status" in faults:
        status = faults["odd_status"].text("status", "WAREHOUSED")
    lines: list[JsonValue] = [_line_view(line, faults, base, shown=shown) for line in order.lines]
    return {**_head(order, status, base), "products": lines}


def history_view(order: Order, now: datetime, base: str) -> JsonObject:
    """An order in the history, without products."""
    return _head(order, order.status(now), base)


def _head(order: Order, status: str, base: str) -> JsonObject:
    return {
        "orderId": order.id,
        "clientOrderId": order.reference,
        "identifier": order.identifier,
        "totalPrice": order.cents / 100,
        "createdOn": moment(order.created),
        "status": status,
        "links": [{"rel": "self", "href": f"{base}/v3/orders/{order.id}"}],
    }


def _line_view(
    line: OrderLine, faults: Mapping[str, Fault], base: str, *, shown: bool
) -> JsonObject:
    codes = list(line.codes) if shown else []
    if "missing_codes" in faults:
        codes = codes[: max(0, len(codes) - int(faults["missing_codes"].number("count", 1)))]
    return {
        "productId": line.product.id,
        "name": line.product.name,
        "unitPrice": line.cents / 100,
        "codes": [code_view(code, faults, base) for code in codes],
        "links": [],
    }
