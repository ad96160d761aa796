"""Processes of the storm over the stock, steered over their standard input and output.

    python -m tests.support.stock_process ROLE --config odoo.conf --database NAME --options JSON

Each says `READY`, begins at the first line it reads, and answers `ANSWER <JSON>` in the end.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import IO, Any, cast

from psycopg2.errors import OperationalError

from tests.support.stage import Stage
from tools.configuration import write_configuration
from tools.settings import REPOSITORY


class StockProcess:
    """One of these processes, seen from the test."""

    def __init__(self, stage: Stage, database: str, role: str, **options: Any) -> None:
        configuration = write_configuration(
            stage.environment, stage.postgres, database, {"log_level": "error"}, f"stock-{database}"
        )
        self._process = subprocess.Popen(
            [
                str(stage.environment.settings.python), "-m", "tests.support.stock_process", role,
                "--config", str(configuration), "--database", database,
                "--options", json.dumps(options),
            ],
            cwd=REPOSITORY, env=dict(os.environ), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self._lines: list[str] = []
        self._errors: list[str] = []
        # who does not read holds up a process that has much to say
        self._readers = [
            threading.Thread(target=lines.extend, args=[stream], daemon=True)
            for lines, stream in (
                (self._lines, self._process.stdout),
                (self._errors, self._process.stderr),
            )
        ]

    def ready(self) -> None:
        """Wait until it can begin."""
        line = cast("IO[str]", self._process.stdout).readline()
        for reader in self._readers:
            reader.start()
        if line.strip() != "READY":
            self.end()

    def begin(self) -> None:
        """Let it begin."""
        stdin = cast("IO[str]", self._process.stdin)
        stdin.write("begin\n")
        stdin.flush()

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self._process.poll() is not None

    def end(self) -> Any:
        """Tell it that there is no more to come; its answer."""
        cast("IO[str]", self._process.stdin).close()
        code = self._process.wait(timeout=300)
        for reader in self._readers:
            reader.join()
        errors = "".join(self._errors)[-3000:]
        assert code == 0, errors
        assert "Traceback" not in errors, errors
        answers = [line for line in self._lines if line.startswith("ANSWER ")]
        return json.loads(answers[-1].removeprefix("ANSWER "))


# === IN THE PROCESS === #


def work(registry: Any) -> dict[str, int]:
    """A worker, until the input ends."""
    from odoo.addons.orion_base.engine import Worker

    worker = Worker(registry)
    steps = 0
    while not select.select([sys.stdin], [], [], 0)[0]:
        done = worker.step()
        steps += done
        if not done:
            time.sleep(0.05)
    return {"steps": steps}


def change(
    registry: Any, owned: list[int], shared: list[int], changes: int, seed: int, location: int
) -> dict[str, Any]:
    """Change the stock of products at random.

    :param owned: nobody else changes these, so what is available after each commit is known
    :param shared: others change these too
    """
    from odoo import SUPERUSER_ID, api

    dice = random.Random(seed)
    open_moves: list[int] = []
    states: list[tuple[int, float, float, float]] = []
    retries = 0
    collisions: list[str] = []
    done = 0
    while done < changes:
        product_id = dice.choice(owned if dice.random() < 0.8 or not shared else shared)
        began = time.time()
        try:
            with registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                product = env["product.product"].browse(product_id)
                _change_once(env, product, location, dice, open_moves)
                available = product.qty_available - product.outgoing_qty
                cr.commit()
        except OperationalError as error:
            # on one quant two of them collide in Odoo itself, on what is noted nobody ever does
            retries += 1
            query = _query_of(error)
            if "orion" in query:
                collisions.append(query)
            continue
        done += 1
        if product_id in owned:
            states.append((product_id, began, time.time(), available))
    return {"states": states, "retries": retries, "collisions": collisions}


def _change_once(
    env: Any, product: Any, location_id: int, dice: random.Random, open_moves: list[int]
) -> None:
    location = env["stock.location"].browse(location_id)
    kind = dice.random()
    if kind < 0.7:
        pieces = dice.choice((-6, -4, -2, -1, 1, 2, 3, 8))
        env["stock.quant"]._update_available_quantity(product, location, pieces)
    elif kind < 0.9 or not open_moves:
        move = env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": dice.randint(1, 5),
                "product_uom": product.uom_id.id,
                "location_id": location.id,
                "location_dest_id": env.ref("stock.stock_location_customers").id,
            }
        )
        move.write({"state": "confirmed"})
        if product.id:
            open_moves.append(move.id)
    else:
        place = next(
            (
                index
                for index, move_id in enumerate(open_moves)
                if env["stock.move"].browse(move_id).product_id == product
            ),
            None,
        )
        if place is not None:
            env["stock.move"].browse(open_moves.pop(place))._action_cancel()
    env.flush_all()


def deliver(registry: Any, pickings: list[int]) -> dict[str, list[str]]:
    """Validate deliveries, each in a transaction of its own; what goes wrong is not repeated."""
    problems = [_deliver_one(registry, picking_id) for picking_id in pickings]
    return {"problems": [problem for problem in problems if problem]}


def _deliver_one(registry: Any, picking_id: int) -> str:
    """What went wrong, with the query that did."""
    from odoo import SUPERUSER_ID, api

    try:
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["stock.picking"].browse(picking_id).button_validate()
            cr.commit()
    except OperationalError as error:
        return f"{error} {_query_of(error)}"
    return ""


def _query_of(error: OperationalError) -> str:
    query = error.cursor.query if error.cursor else b""
    return (query or b"")[:300].decode()


ROLES: dict[str, Callable[..., Any]] = {"work": work, "change": change, "deliver": deliver}


def main() -> None:
    """Play a role."""
    parser = argparse.ArgumentParser()
    parser.add_argument("role", choices=sorted(ROLES))
    parser.add_argument("--config", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--options", default="{}", type=json.loads)
    given = parser.parse_args()

    from odoo.tools import config

    config.parse_config(["-c", given.config, "-d", given.database])
    from odoo.modules.registry import Registry

    registry = Registry(given.database)
    from tests.support.generic_stock import play

    play(registry)
    print("READY", flush=True)
    sys.stdin.readline()
    print("ANSWER", json.dumps(ROLES[given.role](registry, **given.options)), flush=True)


if __name__ == "__main__":
    main()
