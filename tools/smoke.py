"""`make smoke`: the demo's whole way without a person."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tools import demo, demo_keys, log_check, postgres
from tools.database import Databases
from tools.environment import Environment
from tools.problems import Problem
from tools.rpc import XmlRpcClient
from tools.sandbox_server import SandboxServer
from tools.server import OdooServer
from tools.shell import say

_WAIT_SECONDS = 120
_TRACKING = "XP8230522066LU"
_OPEN = ("pending", "processing", "unknown")


@dataclass(frozen=True)
class Outcome:
    """The line of JSON."""

    orders_imported: int
    exceptions: int
    exceptions_resolved: int
    products_staged: int
    products_published: int
    quantities_told: int
    operations_completed: int
    catalogue_products: int
    keys_delivered: int
    seconds: float


@dataclass(frozen=True)
class Order:
    """An order chosen for a part of the walk, with the marketplace's ids of its pieces."""

    id: int
    shipment: str
    units: tuple[str, ...]


def run(environment: Environment) -> int:
    """Walk, print one line of JSON, and answer 0 when the whole way worked."""
    settings = environment.settings
    name = f"orion_smoke_{os.getpid()}"
    started = time.monotonic()
    with postgres.in_use(settings) as server:
        databases = Databases(server, settings.data)
        try:
            demo.ensure_database(environment, databases, name)
            with SandboxServer() as sandbox, OdooServer(environment, server, name) as odoo:
                populated, catalogue, told, completed = _walk(odoo, sandbox)
                keys, delivered = _deliver_keys(odoo, sandbox)
            log_check.demand_clean([odoo.log_file])
        finally:
            databases.drop(name)
            (settings.cache / f"{name}.digest").unlink(missing_ok=True)
    seconds = round(time.monotonic() - started, 1)
    outcome = Outcome(
        orders_imported=populated.imported,
        exceptions=populated.exceptions,
        exceptions_resolved=catalogue.resolved,
        products_staged=catalogue.staged,
        products_published=catalogue.published,
        quantities_told=told,
        operations_completed=completed,
        catalogue_products=keys.catalogue,
        keys_delivered=delivered,
        seconds=seconds,
    )
    print(json.dumps(asdict(outcome)), flush=True)
    return 0


def _walk(
    odoo: OdooServer, sandbox: SandboxServer
) -> tuple[demo.Populated, demo.Catalogue, int, int]:
    """Import, publish, tell the stock, decide, track; answer what there was, the quantities that
    were told, and the completed decisions."""
    client = XmlRpcClient(odoo.url, odoo.database, demo.LOGIN)
    say("Importing orders …")
    populated = demo.populate(client, sandbox)
    _demand(populated.imported > 0 and populated.failed == 0, f"import: {populated.message}")
    say("Importing and publishing the product feeds …")
    catalogue = demo.import_feeds(client, sandbox, populated.channel)
    _demand(catalogue.published > 0, f"feeds: {catalogue}")
    _demand(catalogue.resolved > 0, f"no unknown product was found in the feeds: {catalogue}")
    say("Telling the stock …")
    told = demo.send_stock(client, sandbox, populated.channel)
    _demand(told > 0, "stock: no quantity was told")
    whole, part, refused = _choose(client, populated.channel)
    say("Confirming, refusing, tracking …")
    operations: list[int] = []
    operations += _operations(client, "orion_confirm", whole)
    operations += _operations(
        client, "orion_reject", part, reason="Damaged", inventory_unit_ids=list(part.units[:1])
    )
    operations += _operations(client, "orion_confirm", part)
    operations += _operations(client, "orion_reject", refused, reason="Sold out")
    _await(client, operations)
    # goods are in stock, so they are reserved as soon as the order is confirmed
    accepted = ("sale", "processing", False)
    states = {whole.id: accepted, part.id: accepted, refused.id: ("cancel", "cancelled", False)}
    _await_orders(client, states)
    tracking = {"tracking_number": _TRACKING, "tracking_carrier": "xpresslogistics"}
    operations += _operations(client, "orion_set_tracking", whole, **tracking)
    completed = _await(client, operations)
    _check_effects(sandbox, whole, part, refused)
    _await_orders(client, {**states, whole.id: ("sale", "shipped", _TRACKING)})
    _come_to_rest(client, populated.channel)
    return populated, catalogue, told, completed


def _deliver_keys(odoo: OdooServer, sandbox: SandboxServer) -> tuple[demo_keys.DemoKeys, int]:
    """Sell a key of the pool and one that is bought; answer what there was, and what the customer
    got by mail."""
    client = XmlRpcClient(odoo.url, odoo.database, demo.LOGIN)
    say("Reading the supplier's catalogue, selling keys …")
    keys = demo_keys.prepare(client, sandbox)
    _demand(keys.catalogue > 0, "the supplier's catalogue is empty")
    client.call("sale.order", "action_confirm", [keys.order])
    demo_keys.pay(client, odoo.url, keys.order)
    pieces = [("order_id", "=", keys.order)]
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        rows = client.read("orion.digital.piece", pieces, ["state", "reason"])
        if rows and all(row["state"] == "delivered" for row in rows):
            break
        _demand(time.monotonic() < deadline, f"keys: {rows}")
        time.sleep(0.25)
    bought = sandbox.control_supplier("GET", "effects")["bought"]
    _demand(list(bought.values()) == [1], f"the supplier has sold {bought}")
    sold = [code for codes in sandbox.control_supplier("GET", "codes").values() for code in codes]
    for key in (*sold, "DEMO-0001-RACER"):
        while not _is_mailed(sandbox, key):
            _demand(time.monotonic() < deadline, "a key was not sent by mail")
            time.sleep(0.25)
    return keys, len(rows)


def _is_mailed(sandbox: SandboxServer, key: str) -> bool:
    mails = sandbox.mails()
    return any(key in mail["html"] for mail in mails if demo_keys.CUSTOMER in mail["to"])


def _choose(client: XmlRpcClient, channel: int) -> tuple[Order, Order, Order]:
    """An order to confirm, one of several pieces to confirm in part, one to refuse."""
    orders = client.read(
        "sale.order",
        [("orion_channel_id", "=", channel), ("orion_status", "=", "pending")],
        ["orion_external_id"],
        order="id",
    )
    blocked = client.read(
        "sale.order.line",
        [("order_id.orion_channel_id", "=", channel), ("orion_needs_product_match", "=", True)],
        ["order_id"],
    )
    pieces = client.read(
        "letzshop.inventory.unit",
        [("channel_id", "=", channel), ("state", "=", "unconfirmed")],
        ["order_id", "external_id"],
        order="id",
    )
    without_product = {line["order_id"][0] for line in blocked}
    units: dict[int, list[str]] = {}
    for piece in pieces:
        units.setdefault(piece["order_id"][0], []).append(piece["external_id"])
    free = [
        Order(order["id"], order["orion_external_id"], tuple(units[order["id"]]))
        for order in orders
        if order["id"] in units and order["id"] not in without_product
    ]
    part = next((order for order in free if len(order.units) > 1), None)
    others = [order for order in free if order is not part]
    if part is None or len(others) < 2:
        raise Problem("The smoke test found no orders to decide about: the sandbox gave too few.")
    return others[0], part, others[1]


def _operations(client: XmlRpcClient, method: str, order: Order, **arguments: Any) -> list[int]:
    result = client.call("sale.order", method, [order.id], **arguments)
    _demand(result["success"] and result["operation_ids"], f"{method}: {result['message']}")
    return list(result["operation_ids"])


def _await(client: XmlRpcClient, operations: Sequence[int]) -> int:
    """Wait until the workers have dealt with all operations; how many are completed."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        rows = client.call("orion.operation", "read", list(operations), fields=["status"])
        states = [row["status"] for row in rows]
        if not any(state in _OPEN for state in states):
            break
        _demand(time.monotonic() < deadline, f"operations still wait: {', '.join(states)}")
        time.sleep(0.25)
    _demand(set(states) == {"completed"}, f"operations ended as {', '.join(states)}")
    return len(states)


def _come_to_rest(client: XmlRpcClient, channel: int) -> None:
    """Tell no more stock, and wait for what is on its way: the server ends without work at hand."""
    client.call("orion.channel", "write", [channel], vals={"stock_sync_enabled": False})
    of_channel = [("channel_id", "=", channel)]
    unfinished = ["|", ("status", "in", list(_OPEN)), ("applied", "=", False)]
    demo.await_none(client, "orion.operation", [*of_channel, *unfinished])
    running = ("status", "in", ["pending", "running"])
    demo.await_none(client, "orion.sync.log", [*of_channel, running])


def _check_effects(sandbox: SandboxServer, whole: Order, part: Order, refused: Order) -> None:
    """Every decision has happened at the marketplace exactly once, and nothing else."""
    effects = sandbox.control("GET", "effects")
    confirmed = {*whole.units, *part.units[1:]}
    declined = {*part.units[:1], *refused.units}
    for unit, counts in effects["units"].items():
        found = counts["confirmed"], counts["refused"], counts["returned"], counts["duplicates"]
        wanted = (int(unit in confirmed), int(unit in declined), 0, 0)
        _demand(found == wanted, f"piece {unit}: {found} instead of {wanted}")
    missing = (confirmed | declined) - set(effects["units"])
    _demand(not missing, f"the marketplace was not told of {missing}")
    tracking = effects["shipments"].get(whole.shipment, {"set": 0})
    _demand(tracking["set"] == 1, f"tracking was set {tracking['set']} times")
    _demand(effects["totals"]["tracking"] == 1, "tracking was set on another shipment")


def _await_orders(client: XmlRpcClient, wanted: Mapping[int, tuple[object, ...]]) -> None:
    """Wait until the orders in Odoo have followed: that comes a moment after the answer."""
    fields = ["state", "orion_status", "orion_tracking_number"]
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        rows = client.call("sale.order", "read", list(wanted), fields=fields)
        found = {row["id"]: tuple(row[name] for name in fields) for row in rows}
        if found == wanted:
            return
        _demand(time.monotonic() < deadline, f"orders: {found} instead of {wanted}")
        time.sleep(0.25)


def _demand(condition: object, text: str) -> None:
    if not condition:
        raise Problem(f"The smoke test failed at {text}")
