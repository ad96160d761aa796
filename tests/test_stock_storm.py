"""Stock that several processes change while two workers push it to a failing marketplace."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from sandbox import StockSandbox
from tests.support.stage import Stage
from tests.support.stock_process import StockProcess

#: All changes of the storm; the benchmark of the issue has 10,000.
CHANGES = int(os.environ.get("ORION_STORM_CHANGES", "1200"))
CHANGERS = 3
OWNED, SHARED = 24, 3
PIECES = 30
DELIVERIES = 40

_SET_UP = """
import json
from tests.support.generic_stock import play
play(env.registry)
env["orion.schedule"].search([]).enabled = False
location = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
location = location.lot_stock_id
products = env["product.product"].create([
    {{"name": f"P{{n}}", "default_code": f"P{{n}}", "is_storable": True}} for n in range({count})
])
for product in products:
    env["stock.quant"]._update_available_quantity(product, location, {pieces})
channel = env["orion.channel"].create({{
    "name": "Generic", "marketplace": "storefront", "api_endpoint": {endpoint!r},
    "state": "connected", "requests_per_second": 0, "stock_sync_enabled": True,
    "sync_strategy": "realtime",
}})
env["orion.listing"].create(
    [{{"channel_id": channel.id, "product_id": product.id}} for product in products[:-1]]
)
unlisted = products[-1]
env.cr.commit()
print("ANSWER", json.dumps({{
    "channel": channel.id, "products": products.ids, "location": location.id,
}}))
"""
_AVAILABLE = """
import json
env["res.lang"]
result = {}
for product in env["product.product"].browse(PRODUCTS):
    env.invalidate_all()
    result[product.default_code] = product.qty_available - product.outgoing_qty
print("ANSWER", json.dumps(result))
"""
_COMPARE = """
import json
from tests.support.generic_stock import play
play(env.registry)
from odoo.addons.orion_base.engine import run_job
channel = env["orion.channel"].browse(CHANNEL)
channel.read(["name"])
report = run_job(channel, "inventory_sync", parameters={"full": True}, budget=60)
env.cr.commit()
env.invalidate_all()
print("ANSWER", json.dumps(
    {"drift": channel.stock_drift_count, "counts": report.counts, "errors": report.errors}))
"""
_PICKINGS = """
import json
product = env["product.product"].browse(PRODUCT)
# a shelf and a place to deliver for each person: on one quant four of them collide in Odoo itself
customers = env["stock.location"].create(
    [{"name": f"Customer {number}", "usage": "customer"} for number in range(4)])
shelves = env["stock.location"].create(
    [{"name": f"Shelf {number}", "location_id": LOCATION} for number in range(4)])
for shelf in shelves:
    env["stock.quant"]._update_available_quantity(product, shelf, 1000)
kind = env["stock.picking.type"].search(
    [("code", "=", "outgoing"), ("company_id", "=", env.company.id)], limit=1)
pickings = env["stock.picking"].create([{
    "picking_type_id": kind.id, "location_id": shelves[number % 4].id,
    "location_dest_id": customers[number % 4].id,
    "move_ids": [(0, 0, {
        "product_id": product.id, "product_uom_qty": 1, "location_id": shelves[number % 4].id,
        "location_dest_id": customers[number % 4].id,
    })],
} for number in range(COUNT)])
pickings.action_confirm()
pickings.action_assign()
env.cr.commit()
print("ANSWER", json.dumps(pickings.ids))
"""


@dataclass
class Sea:
    """A database with products, their channel, and the marketplace that is told."""

    stage: Stage
    database: str
    sandbox: StockSandbox
    channel: int
    products: list[int]
    location: int

    def query(self, statement: str, *parameters: Any) -> list[Any]:
        """Rows of one statement, committed."""
        return self.stage.databases.query(self.database, statement, parameters)

    def let_time_pass(self) -> None:
        """Every wait is over."""
        self.query(
            "UPDATE orion_operation SET next_attempt_at = NULL, apply_after = NULL WHERE id IN ("
            "SELECT id FROM orion_operation WHERE next_attempt_at IS NOT NULL"
            " AND status IN ('pending', 'unknown') FOR UPDATE SKIP LOCKED)"
        )
        self.query("UPDATE orion_circuit SET next_probe_at = NULL")

    def is_quiet(self) -> bool:
        """Whether there is nothing more to tell."""
        ((waiting,),) = self.query(
            "SELECT (SELECT count(*) FROM orion_stock_change)"
            " + (SELECT count(*) FROM orion_listing WHERE stock_status <> 'told')"
            " + (SELECT count(*) FROM orion_operation"
            "     WHERE status IN ('pending', 'processing', 'unknown') OR NOT applied)"
        )
        return not waiting

    def report(self) -> list[Any]:
        """What is in the queue."""
        return self.query(
            "SELECT status, error_code, attempts, count(*) FROM orion_operation GROUP BY 1, 2, 3"
        )

    def calm_down(self, seconds: float = 120) -> None:
        """Wait until all is told."""
        deadline = time.monotonic() + seconds
        while not self.is_quiet():
            assert time.monotonic() < deadline, self.report()
            self.let_time_pass()
            time.sleep(0.25)


@pytest.fixture(scope="module")
def sea(stage: Stage) -> Iterator[Sea]:
    with StockSandbox() as sandbox, stage.clone() as database:
        count = CHANGERS * OWNED + SHARED + 1
        found = stage.shell(
            database, _SET_UP.format(count=count, pieces=PIECES, endpoint=sandbox.endpoint)
        )
        yield Sea(stage, database, sandbox, **found)


@pytest.fixture(scope="module")
def workers(sea: Sea) -> Iterator[list[StockProcess]]:
    started = [StockProcess(sea.stage, sea.database, "work") for _number in range(2)]
    for worker in started:
        worker.ready()
        worker.begin()
    yield started
    for worker in started:
        worker.end()


def test_storm(sea: Sea, workers: list[StockProcess]) -> None:
    faults = sea.sandbox.faults
    faults.arm("status", status=503, probability=0.05, times=None, operation="push")
    faults.arm("status", status=500, when="after", probability=0.05, times=None, operation="push")
    faults.arm("hang_up", when="after", probability=0.05, times=None, operation="push")
    faults.arm("reset", probability=0.05, times=None, operation="push")
    faults.arm("item_errors", probability=0.05, times=None, operation="push")
    shared = sea.products[CHANGERS * OWNED : -1]
    changers = [
        StockProcess(
            sea.stage,
            sea.database,
            "change",
            owned=sea.products[number * OWNED : (number + 1) * OWNED],
            shared=[*shared, *([sea.products[-1]] if number == 0 else [])],
            changes=CHANGES // CHANGERS + (number < CHANGES % CHANGERS),
            seed=number,
            location=sea.location,
        )
        for number in range(CHANGERS)
    ]
    for changer in changers:
        changer.ready()
    for changer in changers:
        changer.begin()
    deadline = time.monotonic() + 300 + CHANGES
    while not all(changer.is_over for changer in changers):
        assert time.monotonic() < deadline, sea.report()
        sea.let_time_pass()
        _retell_refused(sea)
        time.sleep(0.5)
    answers = [changer.end() for changer in changers]
    _quiet_with_refusals(sea)

    assert not any(worker.is_over for worker in workers)
    assert sum(rule["hits"] for rule in faults.as_json()) > 0
    available = sea.stage.shell(sea.database, _AVAILABLE.replace("PRODUCTS", str(sea.products)))
    told = sea.sandbox.book.quantities()
    unlisted = f"P{len(sea.products) - 1}"
    assert unlisted not in told
    assert told == {
        sku: max(0, int(pieces)) for sku, pieces in available.items() if sku != unlisted
    }
    _never_higher(sea, [state for answer in answers for state in answer["states"]])
    # nobody who changed stock ever met a worker, or another one, at what we note
    assert [query for answer in answers for query in answer["collisions"]] == []
    # and no older quantity ever came after a newer one
    assert sea.sandbox.book.stale == 0

    faults.clear()
    report = sea.stage.shell(sea.database, _COMPARE.replace("CHANNEL", str(sea.channel)))
    assert (report["drift"], report["errors"]) == (0, []), report
    assert report["counts"]["queued"] == 0, report


def _retell_refused(sea: Sea) -> None:
    """What the marketplace refuses is told again after a while: now, as its cron does."""
    sea.query(
        "INSERT INTO orion_stock_change (channel_id, product_id, changed_at)"
        " SELECT channel_id, product_id, now() AT TIME ZONE 'UTC' FROM orion_listing"
        " WHERE stock_status = 'error'"
    )


def _quiet_with_refusals(sea: Sea, seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while not sea.is_quiet():
        assert time.monotonic() < deadline, sea.report()
        sea.let_time_pass()
        _retell_refused(sea)
        time.sleep(0.5)


def _never_higher(sea: Sea, states: Sequence[tuple[int, float, float, float]]) -> None:
    """Each quantity told was not above what was there at some moment between the look at the
    stock and the arrival of the request: what is in flight is all that may be too much."""
    skus = {product: f"P{number}" for number, product in enumerate(sea.products)}
    #: (from, until, pieces) by SKU; within the two moments of a commit, both states are true
    alive: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    begin = dict.fromkeys((skus[product] for product, *_rest in states), (0.0, float(PIECES)))
    for product, before, after, pieces in sorted(states, key=lambda state: state[2]):
        since, former = begin[skus[product]]
        alive[skus[product]].append((since, after, former))
        begin[skus[product]] = (before, pieces)
    for sku, (since, pieces) in begin.items():
        alive[sku].append((since, float("inf"), pieces))
    looked_at = 0
    for level in sea.sandbox.book.history():
        if level.sku not in alive:
            continue
        true_then = [
            pieces
            for since, until, pieces in alive[level.sku]
            if since <= level.at and until >= level.as_of
        ]
        assert level.quantity <= max(0.0, *true_then), (level, true_then)
        looked_at += 1
    assert looked_at > 0


def test_deliveries_of_one_product_never_collide(sea: Sea, workers: list[StockProcess]) -> None:
    sea.sandbox.faults.clear()
    product = sea.products[0]
    script = _PICKINGS.replace("PRODUCT", str(product)).replace("LOCATION", str(sea.location))
    pickings = sea.stage.shell(sea.database, script.replace("COUNT", str(DELIVERIES)))
    people = [
        StockProcess(sea.stage, sea.database, "deliver", pickings=pickings[number::4])
        for number in range(4)
    ]
    for person in people:
        person.ready()
    for person in people:
        person.begin()
    problems = [problem for person in people for problem in person.end()["problems"]]
    assert problems == []
    sea.calm_down()
    done = sea.query("SELECT count(*) FROM stock_picking WHERE state = 'done'")
    assert done == [(DELIVERIES,)]
    available = sea.stage.shell(sea.database, _AVAILABLE.replace("PRODUCTS", str([product])))
    assert sea.sandbox.book.quantities()["P0"] == available["P0"]
