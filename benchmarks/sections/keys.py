"""What is told of digital keys."""

from __future__ import annotations

from typing import Any

from benchmarks.bench import Bench
from benchmarks.report import Line, Section


def catalogue(bench: Bench) -> tuple[list[Section], Any]:
    """A supplier's price list into staged products."""
    products = bench.sizes.supplier_products
    with bench.database() as database:
        found = bench.inside("catalogue", database, products=products)
    lines = [
        Line("staged", found["staged"], least=products),
        Line("requests refused by the API's limits", found["refused"], most=0),
        Line("requests for lists", found["requests"], most=400),
        Line("a feed as large / the database's part", found["against_feed"], "×", least=1),
        Line("the database's part", found["database_a_second"], "rows/s"),
        Line("a feed as large", found["feed_a_second"], "rows/s"),
        Line("everything", found["seconds"], "s"),
        Line("of that, the database", found["database_seconds"], "s"),
        Line("what has changed since", found["changes_seconds"], "s"),
    ]
    notes = [
        (
            f"{products:,} products in pages of 100 over HTTP from a sandbox in a process of "
            "its own, whose limits hold; staged and committed in batches of 2,500"
        ),
        "the feed: as many rows of 30 columns, read, checked, staged in batches of 5,000",
    ]
    return [Section("A supplier's catalogue", lines, notes)], found


def keys(bench: Bench) -> tuple[list[Section], Any]:
    """Keys given to what was sold."""
    sizes = bench.sizes
    with bench.database() as database:
        found = bench.inside(
            "keys", database, orders=sizes.key_orders, one_by_one=sizes.keys_one_by_one,
            rounds=sizes.rounds,
        )  # fmt: skip
    lines = [
        Line("claiming at once / one by one", found["ratio"], "×", least=10),
        Line("claiming at once / a call an order", found["calls_ratio"], "×"),
        Line("claims", found["a_second"], "keys/s"),
        Line("all of them", found["together_seconds"], "s"),
    ]
    notes = [
        (
            f"{sizes.key_orders:,} paid orders of a pool product with twice as many keys; one "
            f"by one: {sizes.keys_one_by_one:,} of them with Odoo's own search, lock, writes "
            "and commit"
        )
    ]
    return [Section("Keys given", lines, notes)], found
