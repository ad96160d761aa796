"""Whether an order costs more where thousands of the same channel are there already."""

from __future__ import annotations

from typing import Any

from odoo.modules.registry import Registry

from benchmarks import shop
from benchmarks.order_import import WARM_UP, measure_round, read_pages
from benchmarks.shop import NO_ORDERS
from tools.sandbox_server import SandboxServer


def measure(registry: Registry, orders: int, known: int) -> dict[str, Any]:
    """Milliseconds an order, with none and with `known` orders there before.

    These are history, so that the job that is measured reads the new orders only.
    """
    shop.move_to_luxembourg(registry)
    measure_round(registry, 90, WARM_UP, 10)
    result = {"few_ms": _import(registry, orders, known=0)}
    result["many_ms"] = _import(registry, orders, known=known)
    result["ratio"] = result["many_ms"] / result["few_ms"]
    return result


def _import(registry: Registry, orders: int, known: int) -> float:
    with SandboxServer(*NO_ORDERS) as sandbox:
        shop.create_products(registry, sandbox.catalogue())
        channel = shop.connect(registry, f"With {known}", sandbox)
        if known:
            shop.add_orders(sandbox, known, decided=True)
            shop.import_orders(registry, channel, "order_history")
        shop.add_orders(sandbox, orders)
        read_pages(registry, channel)
        imported = shop.import_orders(registry, channel)
        if imported["orders_imported"] != orders:
            raise RuntimeError(f"Other orders than the new ones were read: {imported}")
        return float(imported["ms"])
