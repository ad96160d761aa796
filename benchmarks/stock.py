"""What can be sold: computing it for many, and noting changes."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from odoo import SUPERUSER_ID, api, fields
from odoo.modules.registry import Registry

#: Of each ten products one is a kit, one a kit of kits, and two are kept in lots that expire.
_KINDS = 10


def measure(registry: Registry, products: int, one_by_one: int) -> dict[str, Any]:
    """Ratios and times.

    :param products: of which quantities are computed at once
    :param one_by_one: of these, how many are computed one by one, as Odoo's fields do
    """
    channel_id, ids = _set_up(registry, products)
    return _computing(registry, channel_id, ids, one_by_one) | _capturing(registry, ids)


# === SETTING UP === #


def _set_up(registry: Registry, count: int) -> tuple[int, list[int]]:
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
        location = env["stock.warehouse"].search([], limit=1).lot_stock_id
        products = env["product.product"].create([_product(number) for number in range(count)])
        by_kind = [products[kind::_KINDS] for kind in range(_KINDS)]
        kits, kits_of_kits, *lots, plain = [*by_kind[:4], sum(by_kind[4:], products.browse())]
        _stock(env, plain, location)
        for some in lots:
            _stock_in_lots(env, some, location)
        _sell(env, plain | lots[0] | lots[1], location)
        _make_kits(env, kits, plain)
        _make_kits(env, kits_of_kits, kits)
        env["orion.schedule"].search([]).enabled = False
        channel = env["orion.channel"].create(
            {"name": "Stock", "marketplace": "letzshop", "stock_sync_enabled": True}
        )
        cr.commit()
        cr.execute("ANALYZE")
        cr.commit()
        return channel.id, products.ids


def _product(number: int) -> dict[str, Any]:
    in_lots = number % _KINDS in (2, 3)
    values = {"name": f"P{number}", "default_code": f"P{number}", "is_storable": True}
    return values | ({"tracking": "lot", "use_expiration_date": True} if in_lots else {})


def _stock(env: Any, products: Any, location: Any) -> None:
    env["stock.quant"].create(
        [
            {"product_id": product.id, "location_id": location.id, "quantity": number % 50}
            for number, product in enumerate(products)
        ]
    )


def _stock_in_lots(env: Any, products: Any, location: Any) -> None:
    """A lot that is good, and one that has expired."""
    now = fields.Datetime.now()
    for days in (30, -1):
        until = now + timedelta(days=days)
        lots = env["stock.lot"].create(
            [
                {
                    "name": f"{product.default_code}/{days}", "product_id": product.id,
                    "expiration_date": until, "removal_date": until,
                }
                for product in products
            ]
        )  # fmt: skip
        env["stock.quant"].create(
            [
                {
                    "product_id": lot.product_id.id, "location_id": location.id,
                    "quantity": 20, "lot_id": lot.id,
                }
                for lot in lots
            ]
        )  # fmt: skip


def _sell(env: Any, products: Any, location: Any) -> None:
    """Open deliveries of every third, in units or dozens."""
    units = [env.ref(f"uom.product_uom_{name}").id for name in ("unit", "dozen")]
    env["stock.move"].create(
        [
            {
                "product_id": product.id,
                "product_uom_qty": 1,
                "product_uom": units[bool(number % 5)],
                "location_id": location.id,
                "location_dest_id": env.ref("stock.stock_location_customers").id,
            }
            for number, product in enumerate(products)
            if number % 3 == 0
        ]
    ).write({"state": "confirmed"})


def _make_kits(env: Any, kits: Any, parts: Any) -> None:
    """Two of one part and one of another each, the latter by the dozen for every fifth."""
    units = [env.ref(f"uom.product_uom_{name}").id for name in ("unit", "dozen")]
    env["mrp.bom"].create(
        [
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    (0, 0, {"product_id": parts[place].id, "product_qty": quantity,
                            "product_uom_id": units[place % 5 == 1 and quantity == 1]})
                    for place, quantity in (
                        (number % len(parts), 2), ((number + 1) % len(parts), 1)
                    )
                ],
            }
            for number, kit in enumerate(kits)
        ]
    )  # fmt: skip


# === MEASURING === #


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
        # whole tens, so that each kind is among them as often as among all
        step = max(1, len(ids) // one_by_one // _KINDS) * _KINDS
        sample = [id_ for start in range(0, len(ids), step) for id_ in ids[start : start + _KINDS]]

        def each() -> None:
            for product_id in sample[:one_by_one]:
                env.invalidate_all()
                # nothing is to come, so the forecast is what is there less what is promised
                naive[product_id] = env["product.product"].browse(product_id).virtual_available

        apart = _timed(each)
        different = [id_ for id_, quantity in naive.items() if abs(found[id_] - quantity) > 1e-6]
        cr.rollback()
    return {
        "together_seconds": together,
        "one_by_one_ms": 1000 * apart / len(naive),
        "ratio": (apart / len(naive)) / (together / len(ids)),
        "different": len(different),
        "above_zero": sum(quantity > 0 for quantity in naive.values()),
    }


def _capturing(registry: Registry, ids: list[int], rounds: int = 300) -> Any:
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
    capture.sort()
    return {"capture_ms": 1000 * capture[len(capture) // 2], "capture_queries": max(queries)}


def _timed(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started
