"""Addresses and the operations behind them."""

from __future__ import annotations

from urllib.parse import unquote

from ...http.http_error import HttpError
from ...http.request import Request

_PLAIN: dict[tuple[str, str], str] = {
    ("POST", "/oauth/token"): "token",
    ("GET", "/v3/products"): "products",
    ("GET", "/v3/platforms"): "platforms",
    ("GET", "/v3/regions"): "regions",
    ("GET", "/v3/languages"): "languages",
    ("GET", "/v3/territory"): "territory",
    ("POST", "/v3/orders"): "buy",
    ("GET", "/v3/orders"): "history",
    ("GET", "/v3/accounts/current"): "account",
    ("POST", "/v3/security"): "security",
}
#: Folder of one object, and the operation by what comes behind its id.
_OBJECTS: dict[str, dict[str, str]] = {
    "products": {"": "product", "description": "description"},
    "productImages": {"": "image"},
    "orders": {"": "order", "invoice": "invoice"},
    "codes": {"": "code"},
}


def operation_of(request: Request) -> tuple[str, str]:
    """The operation that an address means, and the id in it; an `HttpError` for none."""
    plain = _PLAIN.get((request.method, request.path))
    if plain is not None:
        return plain, ""
    parts = [unquote(part) for part in request.path.split("/") if part]
    if request.method == "GET" and len(parts) in (3, 4) and parts[0] == "v3":
        operation = _OBJECTS.get(parts[1], {}).get("/".join(parts[3:]))
        if operation is not None:
            return operation, parts[2]
    raise HttpError(404, "There are /oauth/token, /v3/… and /_control/.")
