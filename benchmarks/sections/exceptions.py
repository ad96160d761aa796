"""What is told of unknown products."""

from __future__ import annotations

from typing import Any

from benchmarks.bench import Bench
from benchmarks.report import Line, Section


def exceptions(bench: Bench) -> tuple[list[Section], Any]:
    """Unknown products, resolved in bulk and by new products."""
    sizes = bench.sizes
    with bench.database() as database:
        found = bench.inside(
            "exceptions", database, lines=sizes.lines, pending=sizes.pending,
            products=sizes.products, one_by_one=sizes.singles,
        )  # fmt: skip
    resolving, matching = found["resolving"], found["matching"]
    lines = [
        Line("seconds for all", resolving["seconds"], "s", most=1.5),
        Line("processor time", resolving["processor_seconds"], "s"),
        Line("queries a line", resolving["queries_a_line"], most=3),
        Line("queries of our own, in all", resolving["queries_of_ours"], most=40),
    ]
    notes = [
        (
            f"{sizes.lines:,} orders of one line with one GTIN, by `bulk_resolve`, committed; "
            "sold price, tax, name and discount are unlike the product's and unchanged"
        ),
        "queries by module: "
        + ", ".join(f"{name} {count}" for name, count in resolving["by_module"].items()),
    ]
    matches = [
        Line("finding: one by one / at once", matching["finding_ratio"], "×", least=50),
        Line("the whole: one by one / at once", matching["whole_ratio"], "×", least=2),
        *(
            Line(f"{what}, {how}", matching[f"{name}_{way}_ms"], "ms")
            for name, what in (("finding", "finding"), ("whole", "the whole"))
            for way, how in (("batch", "at once"), ("single", "one by one"))
        ),
    ]
    match_notes = [
        (
            f"{sizes.products:,} new products among {sizes.pending:,} pending exceptions; "
            f"{sizes.singles} of them one by one, a transaction and a run each"
        )
    ]
    return [
        Section("Exceptions with one GTIN, resolved at once", lines, notes),
        Section("Exceptions and new products, for each product", matches, match_notes),
    ], found
