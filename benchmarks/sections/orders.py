"""What is told of imports of orders."""

from __future__ import annotations

from typing import Any

from benchmarks.bench import Bench
from benchmarks.report import Line, Section

_OF_PROCESSOR = (
    "processor time is that of the Odoo process alone, which other programs on the machine "
    "disturb less"
)


def order_import(bench: Bench) -> tuple[list[Section], Any]:
    """Imports against the naive way and the floor."""
    sizes = bench.sizes
    with bench.database() as database:
        found = bench.inside(
            "order_import", database, orders=sizes.orders,
            naive_orders=sizes.naive_orders, rounds=sizes.rounds,
        )  # fmt: skip
    median, queries, modules = found["median"], found["queries"], found["modules"]
    lines = [
        Line("one order at a time / import", median["against_naive_ms"], "×", least=4),
        Line("the floor / import", median["against_floor_ms"], "×", least=0.8),
        Line("import / reading the same again", median["against_again_ms"], "×", least=100),
        Line("import", median["import_ms"], "ms"),
        Line("one order at a time", median["naive_ms"], "ms"),
        Line("the floor", median["floor_ms"], "ms"),
        Line("reading the same again", median["again_ms"], "ms"),
        *(
            Line(f"{what}, processor time", median[f"against_{name}_processor_ms"], "×")
            for what, name in (
                ("one order at a time / import", "naive"),
                ("the floor / import", "floor"),
                ("import / reading the same again", "again"),
            )
        ),
        Line("queries", queries["an_order"], most=12),
        Line("queries of our own", queries["ours"], most=1),
    ]
    notes = [
        (
            f"medians of {sizes.rounds} rounds of {sizes.orders} orders of two lines; "
            f"{sizes.naive_orders} of each were also written one at a time"
        ),
        _OF_PROCESSOR,
        "queries by module: "
        + ", ".join(f"{name} {count}" for name, count in queries["by_module"].items()),
        f"{len(modules)} modules are installed: {', '.join(modules)}",
    ]
    return [Section("Import, for each order", lines, notes)], found


def crowded(bench: Bench) -> tuple[list[Section], Any]:
    """Imports beside many orders."""
    sizes = bench.sizes
    with bench.database() as database:
        found = bench.inside("crowded", database, orders=sizes.orders, known=sizes.known)
    lines = [
        Line(f"with {sizes.known:,} orders / with none", found["ratio"], "×", most=1.15),
        Line("with none", found["few_ms"], "ms"),
        Line(f"with {sizes.known:,}", found["many_ms"], "ms"),
    ]
    notes = ["the aim is the same cost; the margin is the noise of two measurements"]
    title = "Import beside other orders of the channel, for each order"
    return [Section(title, lines, notes)], found
