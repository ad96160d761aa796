"""`make bench`: run the benchmarks and print what they found.

python -m benchmarks [--quick] [--part PART]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks import report
from benchmarks.report import Line, Section
from tools import environment, postgres, settings, templates
from tools.configuration import write_configuration
from tools.database import Databases
from tools.environment import Environment
from tools.postgres import Postgres
from tools.problems import Problem
from tools.server import OdooServer
from tools.settings import REPOSITORY
from tools.shell import say

_SERVERS_LATENCY_MS = 20
_OF_PROCESSOR = (
    "processor time is that of the Odoo process alone, which other programs on the machine "
    "disturb less"
)
_OF_OUTBOX = (
    "set_tracking and confirm without a business record: the outbox itself, with the real client, "
    "over HTTP to a sandbox in a process of its own, and no consequence in Odoo; sent_at and "
    "outcome are on disk"
)
_OF_WAITING = (
    "without waiting: the time until the sandbox answered is taken off; it shares the machine's "
    "processors with everything else"
)
_OF_CHANNELS = (
    "four channels: one channel is never called twice at the same time, so a second worker helps "
    "other channels only"
)


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    orders: int = 1000
    naive_orders: int = 250
    rounds: int = 3
    known: int = 10_000
    single: int = 2000
    batched: int = 5000
    confirmed: int = 1000
    latency_ms: int = 300
    a_channel: int = 300
    lines: int = 1000
    pending: int = 10_000
    products: int = 1000
    singles: int = 100
    feed_rows: int = 100_000
    large_feed_rows: int = 1_000_000
    loaded: int = 1000
    published: int = 2000
    stocked: int = 10_000
    one_by_one: int = 200
    listed: int = 100_000
    stock_changes: int = 100
    stock_sent: int = 2500
    supplier_products: int = 20_000
    key_orders: int = 1000
    keys_one_by_one: int = 200


_QUICK = Sizes(
    orders=200, naive_orders=40, rounds=1, known=1000, single=400, batched=2000, confirmed=100,
    a_channel=80, lines=200, pending=1000, products=200, singles=40, feed_rows=10_000,
    large_feed_rows=50_000, loaded=200, published=1000, stocked=2000, one_by_one=50,
    listed=10_000, stock_changes=50, stock_sent=1200, supplier_products=2000, key_orders=300,
    keys_one_by_one=50,
)  # fmt: skip


@dataclass(frozen=True)
class Bench:
    """Runs parts on databases of their own."""

    environment: Environment
    server: Postgres
    template: str
    sizes: Sizes

    @contextmanager
    def database(self, *modules: str) -> Iterator[str]:
        """A new database with everything installed, and these of Odoo's own modules; it commits
        as a real one does."""
        databases = Databases(self.server, self.environment.settings.data)
        name = f"orion_test_{os.getpid()}_bench"
        databases.copy(self.template, name)
        try:
            if modules:
                templates.install_modules(self.environment, databases, name, modules)
            yield name
        finally:
            databases.drop(name)

    def inside(self, part: str, database: str, **options: object) -> Any:
        """What a part has measured in an Odoo process of its own."""
        configuration = write_configuration(
            self.environment, self.server, database, {}, f"bench-{database}"
        )
        started = time.monotonic()
        result = subprocess.run(
            [
                self.environment.settings.python, "-m", "benchmarks.inside", part,
                "--config", configuration, "--database", database,
                "--options", json.dumps(options),
            ],
            stdout=subprocess.PIPE, text=True, check=False, cwd=REPOSITORY,
        )  # fmt: skip
        answers = [line for line in result.stdout.splitlines() if line.startswith("ANSWER ")]
        if result.returncode or not answers:
            raise Problem(f"The part {part} of the benchmarks broke down; see above.")
        say(f"{part}: {time.monotonic() - started:.0f} s")
        return json.loads(answers[-1].removeprefix("ANSWER "))

    # === PARTS === #

    def order_import(self) -> tuple[list[Section], Any]:
        """Imports against the naive way and the floor."""
        sizes = self.sizes
        with self.database() as database:
            found = self.inside(
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

    def crowded(self) -> tuple[list[Section], Any]:
        """Imports beside many orders."""
        sizes = self.sizes
        with self.database() as database:
            found = self.inside("crowded", database, orders=sizes.orders, known=sizes.known)
        lines = [
            Line(f"with {sizes.known:,} orders / with none", found["ratio"], "×", most=1.15),
            Line("with none", found["few_ms"], "ms"),
            Line(f"with {sizes.known:,}", found["many_ms"], "ms"),
        ]
        notes = ["the aim is the same cost; the margin is the noise of two measurements"]
        title = "Import beside other orders of the channel, for each order"
        return [Section(title, lines, notes)], found

    def outbox(self) -> tuple[list[Section], Any]:
        """One worker."""
        sizes = self.sizes
        with self.database() as database:
            found = self.inside(
                "outbox", database, single=sizes.single, batched=sizes.batched,
                confirmed=sizes.confirmed, latency_ms=sizes.latency_ms,
            )  # fmt: skip
        single, batched, confirmed = found["single"], found["batched"], found["confirmed"]
        lines = [
            Line("one a request", single["sent_a_second"], "/s", least=400),
            Line("one a request, without waiting", single["without_waiting_a_second"], "/s"),
            Line("50 a request", batched["sent_a_second"], "/s", least=5000),
            Line("50 a request, without waiting", batched["without_waiting_a_second"], "/s"),
            Line("enqueueing", batched["enqueued_a_second"], "/s"),
            Line("a commit to this disk", found["commit_ms"], "ms"),
        ]
        notes = [
            _OF_OUTBOX,
            _OF_WAITING,
        ]
        order_notes = [
            (
                f"{confirmed['orders']} imported orders, {sizes.latency_ms} ms an answer, "
                "50 orders a request"
            ),
            (
                "told: the marketplace has answered all of them; here: all sale orders are "
                "confirmed and have their deliveries"
            ),
        ]
        return [
            Section("Outbox, one worker", lines, notes),
            Section("Confirming orders, one worker", _confirming(confirmed), order_notes),
            Section("Confirming orders, two workers", _confirming(found["confirmed_by_two"])),
        ], found

    def two_workers(self) -> tuple[list[Section], Any]:
        """Cron workers of a real server."""
        found = {}
        with self.database() as database:
            for count in (1, 2):
                server = OdooServer(
                    self.environment, self.server, database, workers=1, max_cron_threads=count
                )
                with server:
                    found[count] = self.inside(
                        "two_workers", database, operations=self.sizes.a_channel,
                        latency_ms=_SERVERS_LATENCY_MS, name=f"Workers {count}",
                    )  # fmt: skip
        one, two = found[1]["sent_a_second"], found[2]["sent_a_second"]
        lines = [
            Line("two workers / one", two / one, "×", least=1.6),
            Line("one worker", one, "/s"),
            Line("two workers", two, "/s"),
        ]
        notes = [
            f"processes of a real server, {_SERVERS_LATENCY_MS} ms an answer",
            _OF_CHANNELS,
        ]
        return [Section("Outbox, cron workers", lines, notes)], found

    def exceptions(self) -> tuple[list[Section], Any]:
        """Unknown products, resolved in bulk and by new products."""
        sizes = self.sizes
        with self.database() as database:
            found = self.inside(
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

    def feeds(self) -> tuple[list[Section], Any]:
        """Staging of a product feed."""
        sizes = self.sizes
        with self.database() as database:
            found = self.inside("feeds", database, rows=sizes.feed_rows, loaded=sizes.loaded)
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

    def feeds_memory(self) -> tuple[list[Section], Any]:
        """Memory of a large import."""
        rows = self.sizes.large_feed_rows
        with (
            self.database() as database,
            tempfile.TemporaryDirectory() as folder,
            OdooServer(
                self.environment, self.server, database, workers=2, max_cron_threads=1
            ) as odoo,
        ):
            found = self.inside(
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

    def publishing(self) -> tuple[list[Section], Any]:
        """Staged rows into products and listings."""
        rows = self.sizes.published
        with self.database() as database:
            found = self.inside("publishing", database, rows=rows)
        return [_publishing_section(found, rows)], found

    def stock(self) -> tuple[list[Section], Any]:
        """What can be sold."""
        sizes = self.sizes
        with self.database("mrp", "product_expiry") as database:
            found = self.inside(
                "stock", database, products=sizes.stocked, one_by_one=sizes.one_by_one
            )
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

    def stock_changes(self) -> tuple[list[Section], Any]:
        """Few products change among very many."""
        sizes = self.sizes
        with self.database() as database:
            found = self.inside(
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

    def catalogue(self) -> tuple[list[Section], Any]:
        """A supplier's price list into staged products."""
        products = self.sizes.supplier_products
        with self.database() as database:
            found = self.inside("catalogue", database, products=products)
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

    def keys(self) -> tuple[list[Section], Any]:
        """Keys given to what was sold."""
        sizes = self.sizes
        with self.database() as database:
            found = self.inside(
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


def _confirming(found: dict[str, float]) -> list[Line]:
    """What is told of confirming orders."""
    a_thousand = 1000 / found["orders"]
    processor = found["processor_seconds"] + found["helper_processor_seconds"]
    return [
        Line("seconds until 1,000 are told", found["told_seconds"] * a_thousand, "s", most=30),
        Line("seconds until 1,000 are here", found["seconds"] * a_thousand, "s"),
        Line("processor time of the workers", processor * a_thousand, "s"),
        Line("waiting for answers", found["waiting_seconds"], "s"),
        Line("asking for the confirmations", found["asking_seconds"], "s"),
    ]


PARTS = (
    "order_import", "crowded", "outbox", "two_workers", "exceptions", "feeds", "feeds_memory",
    "publishing", "stock", "stock_changes", "catalogue", "keys",
)  # fmt: skip


def main() -> int:
    """Run the parts, and print table and JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small numbers, for trying")
    parser.add_argument("--part", action="append", choices=PARTS, help="only these")
    given = parser.parse_args()
    try:
        return _run(_QUICK if given.quick else Sizes(), given.part or PARTS)
    except Problem as problem:
        say(str(problem))
    return 1


def _run(sizes: Sizes, parts: Sequence[str]) -> int:
    prepared = environment.prepare(settings.from_environment())
    sections: list[Section] = []
    details: dict[str, Any] = {"processors": os.cpu_count()}
    with (
        postgres.in_use(prepared.settings) as server,
        templates.in_use(prepared, Databases(server, prepared.settings.data)) as template,
    ):
        bench = Bench(prepared, server, template, sizes)
        for part in parts:
            found, details[part] = getattr(bench, part)()
            sections.extend(found)
    print(report.table(sections))
    print(f"\n{report.as_json(sections, details)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
