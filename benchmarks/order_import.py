"""Orders from the sandbox, over HTTP, by the job that imports them; and what it is measured by."""

from __future__ import annotations

import statistics
import sys
from typing import Any

from odoo.modules.registry import Registry

from benchmarks import floor, naive, shop
from benchmarks.query_count import counting
from benchmarks.shop import NO_ORDERS
from tools.sandbox_server import SandboxServer

WARM_UP = 200
_WIDEST_TABLE = 12


def measure(registry: Registry, orders: int, naive_orders: int, rounds: int) -> dict[str, Any]:
    """Measure imports.

    :param orders: of two lines each, imported in each round
    :param naive_orders: written one at a time in each round
    """
    shop.move_to_luxembourg(registry)
    measure_round(registry, 90, WARM_UP, 10)
    results = [measure_round(registry, number, orders, naive_orders) for number in range(rounds)]
    queries = _count_queries(registry, orders)
    return {
        "rounds": results,
        "median": {
            name: statistics.median(result[name] for result in results) for name in results[0]
        },
        "queries": queries,
        "modules": _modules(registry),
    }


def measure_round(
    registry: Registry, number: int, orders: int, naive_orders: int
) -> dict[str, Any]:
    """The three ways one after the other, on the same orders; milliseconds an order."""
    with SandboxServer(*NO_ORDERS) as sandbox:
        shop.create_products(registry, sandbox.catalogue())
        shop.add_orders(sandbox, orders)
        channel = shop.connect(registry, f"Import {number}", sandbox)
        pages = read_pages(registry, channel)
        ways = {"import": shop.import_orders(registry, channel)}
        ways["again"] = min(
            (_again(registry, channel) for _time in range(3)), key=lambda took: took["ms"]
        )
        bare = shop.connect(registry, f"Floor {number}", sandbox)
        ways["floor"] = floor.run(registry, bare, floor.prepare(registry, bare, pages))
        some = [data for page in pages for data in page][:naive_orders]
        ways["naive"] = naive.run(registry, some, f"naive{number}")
    kinds = ("ms", "processor_ms")
    result = {f"{way}_{kind}": float(took[kind]) for way, took in ways.items() for kind in kinds}
    for kind in kinds:
        ours = result[f"import_{kind}"]
        result[f"against_naive_{kind}"] = result[f"naive_{kind}"] / ours
        result[f"against_floor_{kind}"] = result[f"floor_{kind}"] / ours
        result[f"against_again_{kind}"] = ours / result[f"again_{kind}"]
    print({name: round(value, 2) for name, value in result.items()}, file=sys.stderr, flush=True)
    return result


def read_pages(registry: Registry, channel_id: int) -> list[list[Any]]:
    """The open orders as the adapter reads them. The sandbox has then answered each question
    once, and repeats itself at no cost: what it takes to make up answers is not measured."""
    from odoo.addons.orion_base.adapters import open_adapter

    with shop.environment(registry) as env:
        adapter = open_adapter(env["orion.channel"].browse(channel_id), "orders")
        return [list(page.orders) for page in adapter.iter_open_orders()]


def _again(registry: Registry, channel_id: int) -> dict[str, Any]:
    result = shop.import_orders(registry, channel_id)
    if result.get("orders_imported") or result.get("orders_updated"):
        raise RuntimeError(f"Orders that were unchanged were written: {result}")
    return result


def _count_queries(registry: Registry, orders: int) -> dict[str, Any]:
    """Queries an order, by whose code asks for them. Counting takes time: apart."""
    with SandboxServer(*NO_ORDERS) as sandbox:
        shop.create_products(registry, sandbox.catalogue())
        shop.add_orders(sandbox, orders)
        channel = shop.connect(registry, "Queries", sandbox)
        with counting() as count:
            shop.import_orders(registry, channel)
    print(count.places.most_common(40), file=sys.stderr, flush=True)
    return {
        "an_order": count.total / orders,
        "ours": count.ours / orders,
        "by_module": {
            name: round(number / orders, 2)
            for name, number in count.modules.most_common(_WIDEST_TABLE)
        },
    }


def _modules(registry: Registry) -> list[str]:
    with shop.environment(registry) as env:
        modules = env["ir.module.module"].search([("state", "=", "installed")], order="name")
        return list(modules.mapped("name"))
