"""How much is measured, and where: databases of its own, and Odoo in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tools import templates
from tools.configuration import write_configuration
from tools.database import Databases
from tools.environment import Environment
from tools.postgres import Postgres
from tools.problems import Problem
from tools.settings import REPOSITORY
from tools.shell import say


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


QUICK = Sizes(
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
