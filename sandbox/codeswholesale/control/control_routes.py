"""What the control API of CodesWholesale has beside that of all stand-ins."""

from __future__ import annotations

from ...http.control_routes import Routes, names, typed, with_moment
from .supplier_control import SupplierControl


def own_routes(control: SupplierControl) -> Routes:
    """Addresses of the methods of `SupplierControl`."""
    return {
        ("POST", "reset"): lambda given: control.reset(**with_moment(given)),
        ("POST", "balance"): lambda given: control.set_balance(**given),
        ("GET", "products"): lambda given: control.products(**typed(given)),
        ("POST", "change"): lambda given: control.change(**given),
        ("POST", "release"): lambda given: {"released": control.release(**given)},
        ("POST", "score"): lambda given: control.score(**given),
        ("POST", "limit"): lambda given: control.limit(**given),
        ("POST", "expire_tokens"): lambda _: control.expire_tokens(),
        ("GET", "codes"): lambda given: control.codes(names(given, "references")),
        ("GET", "effects"): lambda _: control.effects(),
    }
