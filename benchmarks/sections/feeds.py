"""What is told of product feeds."""

from __future__ import annotations

import tempfile
from typing import Any

from benchmarks.bench import Bench
from benchmarks.report import Line, Section
from tools.server import OdooServer


def feeds(bench: Bench) -> tuple[list[Section], Any]:
    """Staging of a product feed."""
    sizes = bench.sizes
    with bench.database() as database:
        found = bench.inside("feeds", database, rows=sizes.feed_rows, loaded=sizes.loaded)
    ratios = (
        ("staging / load() of product.template", "against_load", 50),
        ("three languages / load()", "three_against_load", 50),
        ("fresh / bare COPY and merge, fresh", "against_bare", 0.2),
        ("updating / bare, updating", "update_against_bare", 0.2),
        ("1 % changed, shuffled / first time", "again_against_fresh", 2),
    )
    ways = (
        ("staging, fresh", "fresh"),
        ("staging, all three languages", "three"),
        ("staging, all rows changed", "update"),
        ("staging, 1 % changed", "second"),
        ("load()", "load"),
        ("bare, fresh", "bare"),
        ("bare, updating", "bare_update"),
    )
    lines = [
        *(Line(what, found["ratios"][name], "×", least=least) for what, name, least in ratios),
        Line("rows written the second time", found["written_again"], most=found["changed"]),
        *(
            Line(f"{what}, processor time", found["processor_ratios"][name], "×")
            for what, name, _least in ratios
        ),
        *(Line(what, found["a_second"][name], "rows/s") for what, name in ways),
        *(
            Line(
                f"{what}, processor time",
                found["processor_seconds"][name] * 1e6 / sizes.feed_rows,
                "µs a row",
            )
            for what, name in ways
        ),
    ]
    notes = [
        (
            f"{sizes.feed_rows:,} rows of 30 columns in each of three languages, read from the "
            "file, checked, staged and committed in batches of 5,000; load() got "
            f"{sizes.loaded:,} rows of four columns in one language"
        ),
        (
            "bare: a prepared text into a temporary table and one INSERT … ON CONFLICT into a "
            "table like ours, in the same batches; it reads, checks and remembers nothing"
        ),
        (
            "processor time is that of the Odoo process and of its PostgreSQL process, which "
            "other programs on the machine disturb less"
        ),
    ]
    return [Section("Staging a product feed", lines, notes)], found


def feeds_memory(bench: Bench) -> tuple[list[Section], Any]:
    """Memory of a large import."""
    rows = bench.sizes.large_feed_rows
    with (
        bench.database() as database,
        tempfile.TemporaryDirectory() as folder,
        OdooServer(
            bench.environment, bench.server, database, workers=2, max_cron_threads=1
        ) as odoo,
    ):
        found = bench.inside(
            "feeds_memory", database, rows=rows, folder=folder, server_pid=odoo.pid
        )
    lines = [
        Line("more memory at most", found["megabytes"], "MB", most=120),
        Line("processes that Odoo replaced", found["restarts"]),
        Line("seconds", found["seconds"], "s"),
        Line("the file", found["file_megabytes"], "MB"),
        Line("rows imported", found["imported"]),
    ]
    notes = [
        (
            "resident memory of the process that grew most, beyond what it had after an import "
            "of 2,000 rows; a prefork server with Odoo's default limits, fetching by HTTP"
        ),
    ]
    return [Section(f"A feed of {rows:,} rows", lines, notes)], found


def publishing(bench: Bench) -> tuple[list[Section], Any]:
    """Staged rows into products and listings."""
    rows = bench.sizes.published
    with bench.database() as database:
        found = bench.inside("publishing", database, rows=rows)
    return [_publishing_section(found, rows)], found


def _publishing_section(found: dict[str, float], rows: int) -> Section:
    """What is told of publishing."""
    lines = [
        Line("publishing / load() of product.template", found["against_load"], "×", least=1.2),
        Line("publishing", found["published_a_second"], "products/s"),
        Line("load()", found["loaded_a_second"], "products/s"),
        Line("publishing again, 1 % changed", found["again_a_second"], "rows/s"),
    ]
    notes = [
        (
            f"{rows:,} products each, in turns of 500, committed, in the same context; load() with "
            "one language, publishing with three, listings, and what is kept of each"
        )
    ]
    return Section("Publishing staged products", lines, notes)
