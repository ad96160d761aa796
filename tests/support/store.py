"""A store whose Odoo servers, workers and marketplaces are all real, for tests of whole ways."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sandbox import LetzshopSandbox
from tests.support.stage import Stage
from tools.rpc import XmlRpcClient
from tools.server import OdooServer

_T = TypeVar("_T")
_PIECES_IN_STOCK = 1000
_COLLISION = re.compile(r"could not serialize|SERIALIZATION_FAILURE|bad query", re.IGNORECASE)
#: The private PostgreSQL of the tests has no pg_trgm, which Odoo's server looks for at its start.
_NO_COLLISION = re.compile(r"pg_trgm")


@dataclass
class Store:
    """One database with its servers; everything is done over XML-RPC, as a user would."""

    stage: Stage
    servers: Sequence[OdooServer]
    _products: dict[str, int] = field(default_factory=dict)

    @property
    def database(self) -> str:
        """Its database."""
        return self.servers[0].database

    def client(self, number: int = 0, login: str = "admin") -> XmlRpcClient:
        """A session of one's own on one of the servers; not for use in several threads."""
        return self.stage.xml_rpc(self.servers[number % len(self.servers)], login)

    def query(self, statement: str, *parameters: Any) -> list[Any]:
        """Rows of one statement, committed."""
        return self.stage.databases.query(self.database, statement, parameters)

    # === SETTING UP === #

    def connect(
        self, marketplace: LetzshopSandbox, key: str | None = None, name: str = "Letzshop"
    ) -> int:
        """A connected channel that imports only on request; answers its id."""
        client = self.client()
        values = {"name": name, "marketplace": "letzshop", "api_endpoint": marketplace.endpoint}
        channel = int(client.create("orion.channel", [values])[0])
        client.call(
            "orion.channel", "set_credentials", [channel], api_key=key or marketplace.api_key
        )
        (result,) = client.call("orion.channel", "test_connection", [channel])
        assert result["success"], result
        self.query("UPDATE orion_schedule SET enabled = FALSE WHERE channel_id = %s", channel)
        return channel

    def stock_up(self, *marketplaces: LetzshopSandbox) -> dict[str, int]:
        """Products, in stock, for all that the marketplaces have sold; their ids by SKU."""
        sold = {
            unit["sku"]
            for marketplace in marketplaces
            for shipment in marketplace.control.shipments()
            for unit in shipment["units"]
        }
        return self.add_products(sorted(sold - set(self._products)))

    def add_products(self, skus: Sequence[str]) -> dict[str, int]:
        """New storable products in stock; the ids of all by SKU."""
        client = self.client()
        ids = client.create(
            "product.product",
            [{"name": sku, "default_code": sku, "is_storable": True} for sku in skus],
        )
        (location,) = client.search("stock.location", [("usage", "=", "internal")], limit=1)
        client.create(
            "stock.quant",
            [
                {
                    "product_id": product,
                    "location_id": location,
                    "inventory_quantity_auto_apply": _PIECES_IN_STOCK,
                }
                for product in ids
            ],
            context={"inventory_mode": True},
        )
        self._products.update(zip(skus, ids, strict=True))
        return dict(self._products)

    def schedule(self, channel: int, enabled: bool = True) -> None:
        """Let the workers import by themselves, from now on, or no more."""
        self.client().call("orion.channel", "write", [channel], vals={"auto_sync_enabled": enabled})

    # === WORKING === #

    def import_orders(self, channel: int) -> Any:
        """What `import_orders` answers."""
        return self.client().call("orion.channel", "import_orders", [channel])

    def orders(self, channel: int) -> list[int]:
        """Ids of the channel's orders."""
        rows = self.query("SELECT id FROM sale_order WHERE orion_channel_id = %s", channel)
        return [row[0] for row in rows]

    def confirmable(self, *channels: int) -> tuple[list[int], list[str]]:
        """Ids of the orders all of whose products are known, and of their shipments."""
        rows = self.query(
            "SELECT id, orion_external_id FROM sale_order WHERE orion_channel_id = ANY(%s)"
            " AND id NOT IN (SELECT order_id FROM sale_order_line WHERE orion_needs_product_match)"
            " ORDER BY id",
            list(channels),
        )
        return [row[0] for row in rows], [row[1] for row in rows]

    def confirm(self, orders: Sequence[int]) -> list[int]:
        """Ask for the confirmation of orders; answers the operations."""
        result = self.client().call("sale.order", "orion_confirm", list(orders))
        assert result["success"], result
        return list(result["operation_ids"])

    def let_time_pass(self) -> None:
        """Every lease, wait and pause is over, as if the time had passed; the workers wake."""
        past = "now() AT TIME ZONE 'UTC' - interval '1 second'"
        self.query(
            "UPDATE orion_operation SET next_attempt_at = NULL, apply_after = NULL,"
            f" lease_until = CASE WHEN lease_until IS NULL THEN NULL ELSE {past} END"
        )
        self.query("UPDATE orion_circuit SET next_probe_at = NULL")
        self.query(f"UPDATE orion_schedule SET next_run_at = {past} WHERE enabled")
        self.wake()

    def wake(self) -> None:
        """Start the worker slots, as a trigger of Odoo's does when it is committed."""
        self.query(
            "INSERT INTO ir_cron_trigger (cron_id, call_at)"
            " SELECT id, now() AT TIME ZONE 'UTC' FROM ir_cron"
            " WHERE starts_with(cron_name, 'Marketplaces: worker')"
        )
        self.stage.databases.query(
            "postgres", "SELECT pg_notify('cron_trigger', %s)", (self.database,)
        )

    def let_crons_run(self, seconds: float = 120) -> None:
        """Wake the worker slots, and wait until each has begun and ended a run since."""
        # Odoo keeps the whole seconds of a run's start: the next second's are surely newer
        ((second,),) = self.query("SELECT date_trunc('second', now() AT TIME ZONE 'UTC')")
        self.wait_for("SELECT now() AT TIME ZONE 'UTC' >= %s + interval '1 second'", second)
        self.wake()
        self.wait_for(
            "SELECT bool_and(lastcall IS NOT NULL AND lastcall > %s) FROM ir_cron"
            " WHERE starts_with(cron_name, 'Marketplaces: worker')",
            second,
            seconds=seconds,
        )

    def call_meanwhile(
        self, statement: str, record_id: int, model: str, method: str, **arguments: Any
    ) -> Any:
        """A person's call for a record that begins before a worker's statement about it is
        committed, and ends after it; its answer."""
        with ThreadPoolExecutor(1) as people:
            with self.stage.databases.transaction(self.database) as worker:
                worker.execute(statement, (record_id,))
                called = people.submit(self.client().call, model, method, [record_id], **arguments)
                self.wait_for(
                    "SELECT count(*) > 0 FROM pg_stat_activity"
                    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
            return called.result()

    # === LOOKING === #

    def settle(self, channel: int | None = None, seconds: float = 60) -> None:
        """Wait until no operation (of a channel) is open, nor its consequence outstanding."""
        self.wait_for(
            "SELECT count(*) = 0 FROM orion_operation"
            " WHERE (status IN ('pending', 'processing', 'unknown') OR NOT applied)"
            " AND (%s::int IS NULL OR channel_id = %s)",
            channel,
            channel,
            seconds=seconds,
        )

    def wait_for(self, condition: str, *parameters: Any, seconds: float = 60) -> None:
        """Wait until a query answers true."""
        self.wait_until(lambda: self.query(condition, *parameters)[0][0], condition, seconds)

    def wait_until(self, condition: Callable[[], Any], what: str, seconds: float = 60) -> None:
        """Wait until something is true; on failure shows what the queue looks like."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"not within {seconds} s: {what}\n{self.report()}"
            time.sleep(0.25)

    def report(self) -> str:
        """What the workers have left to do, for messages of failed tests."""
        operations = self.query(
            "SELECT channel_id, status, applied, error_code, apply_error, count(*)"
            " FROM orion_operation GROUP BY 1, 2, 3, 4, 5"
        )
        runs = self.query(
            "SELECT channel_id, operation_type, status, count(*)"
            " FROM orion_sync_log GROUP BY 1, 2, 3"
        )
        circuits = self.query("SELECT channel_id, state, error_code, reason FROM orion_circuit")
        return f"operations {operations}\nruns {runs}\ncircuits {circuits}"

    def collisions(self) -> list[str]:
        """Lines of the servers' logs that tell of a serialization failure or a failed query."""
        return [
            line
            for server in self.servers
            for line in server.log_file.read_text(encoding="utf-8").splitlines()
            if _COLLISION.search(line) and not _NO_COLLISION.search(line)
        ]


def at_once(calls: Iterable[Callable[[], _T]]) -> list[_T]:
    """Run calls at the same time; their results in order, or the first exception."""
    todo: Collection[Callable[[], _T]] = list(calls)
    with ThreadPoolExecutor(max_workers=len(todo)) as pool:
        return [future.result() for future in [pool.submit(call) for call in todo]]


def confirmed_once(marketplace: LetzshopSandbox, shipments: Sequence[str]) -> None:
    """Assert that each piece of these shipments was confirmed exactly once, and nothing else."""
    control = marketplace.control
    effects = control.effects(shipments)["units"]
    pieces = {unit["id"] for name in shipments for unit in control.shipment(name)["units"]}
    assert set(effects) == pieces
    for effect in effects.values():
        assert (effect["confirmed"], effect["refused"], effect.get("duplicates", 0)) == (1, 0, 0)
