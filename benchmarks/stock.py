"""What channels are told of the stock: computing, capturing changes, and requests."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

_RATIO = 10


def measure(registry: Registry, products: int, one_by_one: int, changed: int) -> dict[str, Any]:
    """Ratios and times.

    :param products: of which quantities are computed at once
    :param one_by_one: of these, how many are computed one by one, as Odoo's fields do
    :param changed: listings that change, among all and among a tenth of them
    """
    channel_id, ids = _set_up(registry, products)
    result = _computing(registry, channel_id, ids, one_by_one)
    result |= _capturing(registry, channel_id, ids)
    result |= _changing(registry, channel_id, ids, changed)
    return result


def _set_up(registry: Registry, count: int) -> tuple[int, list[int]]:
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
        location = env["stock.warehouse"].search([], limit=1).lot_stock_id
        products = env["product.product"].create(
            [{"name": f"P{n}", "default_code": f"P{n}", "is_storable": True} for n in range(count)]
        )
        env["stock.quant"].create(
            [
                {"product_id": product.id, "location_id": location.id, "quantity": number % 50}
                for number, product in enumerate(products)
            ]
        )
        moves = env["stock.move"].create(
            [
                {
                    "product_id": product.id,
                    "product_uom_qty": 1,
                    "product_uom": env.ref(
                        "uom.product_uom_dozen" if number % 5 else "uom.product_uom_unit"
                    ).id,
                    "location_id": location.id,
                    "location_dest_id": env.ref("stock.stock_location_customers").id,
                }
                for number, product in enumerate(products)
                if number % 3 == 0
            ]
        )
        moves.write({"state": "confirmed"})
        channel = env["orion.channel"].create(
            {"name": "Stock", "marketplace": "letzshop", "stock_sync_enabled": True}
        )
        env["orion.listing"].create(
            [{"channel_id": channel.id, "product_id": product.id} for product in products]
        )
        env["orion.schedule"].search([]).enabled = False
        cr.commit()
        cr.execute("ANALYZE")
        cr.commit()
        return channel.id, products.ids


def _computing(
    registry: Registry, channel_id: int, ids: list[int], one_by_one: int
) -> dict[str, Any]:
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        channel = env["orion.channel"].browse(channel_id)
        found: dict[int, float] = {}
        together = _timed(
            lambda: found.update(
                env["orion.stock.availability"]._available(
                    channel, env["product.product"].browse(ids)
                )
            )
        )
        naive: dict[int, float] = {}

        def each() -> None:
            for product_id in ids[:one_by_one]:
                env.invalidate_all()
                product = env["product.product"].browse(product_id)
                naive[product_id] = product.qty_available - product.outgoing_qty

        apart = _timed(each)
        different = [id_ for id_, quantity in naive.items() if abs(found[id_] - quantity) > 1e-6]
        cr.rollback()
    return {
        "together_seconds": together,
        "ratio": (apart / len(naive)) / (together / len(ids)),
        "different": len(different),
    }


def _capturing(registry: Registry, channel_id: int, ids: list[int], rounds: int = 300) -> Any:
    """Milliseconds that capture adds to a transaction that changes the stock of one product."""
    capture: list[float] = []
    queries: list[int] = []
    for product_id in ids[:rounds]:
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            changes = env["orion.stock.change"]
            env["orion.channel"]._stock_channels()
            # what wakes the workers is Odoo's trigger, at most once a second and process
            cr.precommit.data["orion.wake"] = True
            before = cr.sql_log_count
            started = time.perf_counter()
            changes._note([product_id])
            cr.precommit.run()
            capture.append(time.perf_counter() - started)
            queries.append(cr.sql_log_count - before)
            cr.precommit.data.pop("orion.wake", None)
            cr.commit()
    with registry.cursor() as cr:
        cr.execute("DELETE FROM orion_stock_change WHERE channel_id = %s", (channel_id,))
        cr.commit()
    capture.sort()
    return {"capture_ms": 1000 * capture[len(capture) // 2], "capture_queries": max(queries)}


def _changing(registry: Registry, channel_id: int, ids: list[int], changed: int) -> dict[str, Any]:
    """Following a change of so many products, among all and with a tenth of the listings."""
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        channel = env["orion.channel"].browse(channel_id)
        first = _timed(lambda: _run(env, channel._job_inventory_sync({}, {"full": True})))
        among_all = _follow(env, channel, ids[:changed])
        listings = env["orion.listing"].search([("channel_id", "=", channel_id)])
        listings[len(ids) // _RATIO :].unlink()
        cr.commit()
        cr.execute("ANALYZE orion_listing")
        among_few = _follow(env, channel, ids[:changed])
    return {
        "first_seconds": first,
        "changed_seconds": among_all,
        "changed_among_few_seconds": among_few,
        "growth": among_all / among_few,
    }


def _follow(env: Any, channel: Any, ids: list[int], rounds: int = 3) -> float:
    times = []
    for _round in range(rounds):
        quants = env["stock.quant"].search([("product_id", "in", ids)])
        for quant in quants:
            quant.quantity += 1
        env.cr.commit()
        env.invalidate_all()
        times.append(_timed(lambda: _run(env, channel._follow_changes())))
    return min(times)


def _run(env: Any, steps: Any) -> None:
    for _step in steps:
        env.flush_all()
        env.cr.commit()


def _timed(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started
