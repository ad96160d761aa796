"""What is told of stock."""

from __future__ import annotations

from typing import Any

from benchmarks.bench import Bench
from benchmarks.report import Line, Section


def stock(bench: Bench) -> tuple[list[Section], Any]:
    """What can be sold."""
    sizes = bench.sizes
    with bench.database("mrp", "product_expiry") as database:
        found = bench.inside("stock", database, products=sizes.stocked, one_by_one=sizes.one_by_one)
    lines = [
        Line("quantities at once / one by one", found["ratio"], "×", least=40),
        Line("quantities that differ", found["different"], most=0),
        Line("all quantities at once", found["together_seconds"], "s"),
        Line("one by one, a product", found["one_by_one_ms"], "ms"),
        Line("capture, a transaction (median)", found["capture_ms"], "ms", most=0.5),
        Line("capture, queries a transaction", found["capture_queries"], most=1),
    ]
    notes = [
        (
            f"{sizes.stocked:,} products: of ten, one is a kit, one a kit of kits, two are "
            "kept in a lot that is good and one that has expired; a third has open deliveries "
            f"in units or dozens; one by one: {sizes.one_by_one:,} of them, all kinds, with "
            "Odoo's own field"
        ),
    ]
    return [Section("Stock: what can be sold", lines, notes)], found


def stock_changes(bench: Bench) -> tuple[list[Section], Any]:
    """Few products change among very many."""
    sizes = bench.sizes
    with bench.database() as database:
        found = bench.inside(
            "stock_changes", database, listed=sizes.listed, changed=sizes.stock_changes,
            sent=sizes.stock_sent,
        )  # fmt: skip
    lines = [
        Line("a change among all / a tenth", found["growth"], "×", most=2),
        Line("ten times as many changed / as many", found["more_growth"], "×", most=15),
        Line("a change, looked at and queued", found["changed_seconds"], "s"),
        Line("requests", found["requests"], most=found["fewest_requests"]),
    ]
    notes = [
        f"a change: of {sizes.stock_changes:,} products among {sizes.listed:,} with listings",
        (
            f"requests: files for {sizes.stock_sent:,} changed products, "
            f"{found['batch']:,} at most in each"
        ),
    ]
    return [Section("Stock: few of many change", lines, notes)], found
