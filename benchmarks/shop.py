"""A shop in Luxembourg to measure with: company, products, channels."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

from tools.sandbox_server import SandboxServer

#: The sandbox then has articles only, the same ones each time.
NO_ORDERS = ("--orders=0", "--history=0")
#: Channels call as fast as they can: what is measured is not the limit a merchant sets.
_NO_LIMIT = 0.0


@dataclass
class Stopwatch:
    """Time since it was made."""

    _started: float = field(default_factory=time.perf_counter)
    _processor: float = field(default_factory=time.process_time)

    def took(self, count: int) -> dict[str, float]:
        """Milliseconds each of so many took: on the clock, and of this process's processor."""
        return {
            "ms": 1000 * (time.perf_counter() - self._started) / count,
            "processor_ms": 1000 * (time.process_time() - self._processor) / count,
        }


@contextmanager
def environment(registry: Registry) -> Iterator[Any]:
    """An environment of the system; committed in the end."""
    with registry.cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})


def move_to_luxembourg(registry: Registry) -> None:
    """Give the company Luxembourg's taxes."""
    with environment(registry) as env:
        company = env.ref("base.main_company")
        if company.country_id == env.ref("base.lu"):
            return
        company.write({"country_id": env.ref("base.lu").id})
        env["account.chart.template"].try_loading("lu", company=company, install_demo=False)


def create_products(registry: Registry, catalogue: Sequence[Mapping[str, Any]]) -> None:
    """Create what the marketplace's shop sells, with stock."""
    with environment(registry) as env:
        known = set(env["product.product"].search([]).mapped("default_code"))
        rows = {row["gtin"] or row["sku"]: row for row in catalogue if row["sku"] not in known}
        taxes = _taxes(env)
        products = env["product.product"].create([_product(row, taxes) for row in rows.values()])
        location = env["stock.location"].search([("usage", "=", "internal")], limit=1)
        env["stock.quant"].with_context(inventory_mode=True).create(
            [
                {
                    "product_id": product.id,
                    "location_id": location.id,
                    "inventory_quantity_auto_apply": 100_000,
                }
                for product in products
            ]
        )


def connect(registry: Registry, name: str, sandbox: SandboxServer) -> int:
    """Id of a new channel, connected to a sandbox."""
    with environment(registry) as env:
        channel = env["orion.channel"].create(
            {
                "name": name,
                "marketplace": "letzshop",
                "api_endpoint": sandbox.endpoint,
                "is_sandbox": True,
                "requests_per_second": _NO_LIMIT,
            }
        )
        # a key of its own: two channels with one key are refused
        channel.set_credentials(api_key=sandbox.control("POST", "keys")["api_key"])
        return int(channel.id)


def add_orders(
    sandbox: SandboxServer, count: int, lines: int = 2, **arguments: object
) -> list[str]:
    """Ids of new shipments at the marketplace, all of whose products are known."""
    made = sandbox.control("POST", "orders", count=count, lines=lines, **arguments)
    return list(made["shipments"])


def import_orders(registry: Registry, channel_id: int, job: str = "order_import") -> dict[str, Any]:
    """Run the job that imports orders, as a worker does; its counts and its time."""
    from odoo.addons.orion_base.engine import run_job

    with environment(registry) as env:
        channel = env["orion.channel"].browse(channel_id)
        channel.read(["name"])
        watch = Stopwatch()
        report = run_job(channel, job, budget=3600.0)
        took = watch.took(max(1, report.processed if report else 1))
    if report is None or report.error or report.failed or not report.finished:
        raise RuntimeError(f"The import went wrong: {report}")
    return {**took, **report.counts}


def _taxes(env: Any) -> dict[float, int]:
    taxes = env["account.tax"].search(
        [("type_tax_use", "=", "sale"), ("amount_type", "=", "percent")], order="sequence, id"
    )
    chosen: dict[float, int] = {}
    for tax in taxes:
        chosen.setdefault(tax.amount, tax.id)
    return chosen


def _product(row: Mapping[str, Any], taxes: Mapping[float, int]) -> dict[str, Any]:
    rate = float(row["tax_rate"] or 0)
    return {
        "name": row["name"].get("en") or row["sku"],
        "default_code": row["sku"],
        "barcode": row["gtin"] or False,
        "list_price": float(row["list_price"]),
        "is_storable": True,
        "taxes_id": [(6, 0, [taxes[rate]] if rate in taxes else [])],
    }
