"""What the control API of Letzshop has beside that of all stand-ins."""

from __future__ import annotations

from ...http.control_routes import Arguments, Routes, names, typed, with_moment
from .letzshop_control import LetzshopControl


def own_routes(control: LetzshopControl) -> Routes:
    """Addresses of the methods of `LetzshopControl`."""

    def add_orders(given: Arguments) -> object:
        ids = control.add_orders(**given)
        return {"created": len(ids), "shipments": ids}

    return {
        ("POST", "reset"): lambda given: control.reset(**with_moment(given)),
        ("POST", "orders"): add_orders,
        ("POST", "keys"): lambda given: {"api_key": control.issue_key(**given)},
        ("GET", "shipments"): lambda given: control.shipments(**typed(given)),
        ("GET", "shipments/*"): lambda given: control.shipment(given["id"]),
        ("POST", "decide"): lambda given: {"failed": control.decide(**given)},
        ("POST", "return"): lambda given: {"failed": control.give_back(**given)},
        ("POST", "forget"): lambda given: control.forget(**given),
        ("POST", "tracking"): lambda given: control.set_tracking(**given),
        ("GET", "effects"): lambda given: control.effects(names(given, "shipments")),
    }
