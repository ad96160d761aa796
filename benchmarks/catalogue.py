"""A supplier's catalogue: within the limits of its API, and the database part at the speed of
feeds."""

from __future__ import annotations

import time
from typing import Any

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

from benchmarks import feeds
from tools.sandbox_server import SandboxServer


def measure(registry: Registry, products: int) -> dict[str, Any]:
    """Seconds of reading everything, of the database's part, and the requests it took.

    :param products: of the supplier's price list
    """
    with SandboxServer(f"--supplier-products={products}", "--orders=0", "--history=0") as sandbox:
        channel = _connect(registry, sandbox.supplier)
        first = _sync(registry, channel, {})
        changes = _sync(registry, channel, {})
        effects = sandbox.control_supplier("GET", "effects")
    rows = [feeds.row_of(number, "en") for number in range(products)]
    feed = feeds._stage(registry, feeds._connect(registry), rows, "en")
    return {
        "seconds": first["seconds"],
        "database_seconds": first["database_seconds"],
        "staged": first["staged"],
        "database_a_second": products / first["database_seconds"],
        "feed_a_second": products / feed.cost.seconds,
        "against_feed": feed.cost.seconds / first["database_seconds"],
        "changes_seconds": changes["seconds"],
        "requests": first["requests"],
        "requests_for_changes": changes["requests"],
        "refused": sum(effects["limited"].values()),
    }


def _connect(registry: Registry, supplier: dict[str, str]) -> int:
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        channel = env["orion.channel"].create(
            {
                "name": "Catalogue",
                "marketplace": "codeswholesale",
                "api_endpoint": supplier["endpoint"],
                "state": "connected",
            }
        )
        channel.set_credentials(api_key=f"{supplier['client_id']}:{supplier['client_secret']}")
        channel.schedule_ids.enabled = False
        return int(channel.id)


def _sync(registry: Registry, channel_id: int, parameters: dict[str, Any]) -> dict[str, Any]:
    """A run as the engine does it, a commit a step; what is not waiting for pages is the
    database's part."""
    from odoo.addons.orion_codeswholesale.models import orion_channel_catalogue as catalogue

    reading = {"seconds": 0.0, "pages": 0}
    read_batch = catalogue.read_batch

    def timed(adapter: Any, *arguments: Any) -> Any:
        page = adapter.page

        def counted(*given: Any) -> Any:
            reading["pages"] += 1
            return page(*given)

        adapter.page = counted
        started = time.perf_counter()
        try:
            return read_batch(adapter, *arguments)
        finally:
            reading["seconds"] += time.perf_counter() - started
            adapter.page = page

    catalogue.read_batch = timed
    try:
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            channel = env["orion.channel"].browse(channel_id)
            started = time.perf_counter()
            for _step in channel._job_catalog_sync({}, parameters):
                env.flush_all()
                cr.commit()
            seconds = time.perf_counter() - started
            staged = env["orion.marketplace.product"].search_count(
                [("channel_id", "=", channel_id)]
            )
    finally:
        catalogue.read_batch = read_batch
    return {
        "seconds": seconds,
        "database_seconds": seconds - reading["seconds"],
        "requests": reading["pages"],
        "staged": staged,
    }
