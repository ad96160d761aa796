"""A change of few products among very many: what it costs, and how it is told."""

from __future__ import annotations

import csv
import io
import math
import time
from collections.abc import Callable
from typing import Any

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import SQL

from benchmarks.outbox import drain
from sandbox import DropSandbox

#: How many times fewer listings there are in the end, and more products that change.
_RATIO = 10
_PIECES = 10
_ROUNDS = 3
_ALL = SQL("TRUE")


def measure(registry: Registry, listed: int, changed: int, sent: int) -> dict[str, Any]:
    """Times and requests.

    :param listed: products with stock and a listing each
    :param changed: of which so many change
    :param sent: changed products that are told, over HTTP
    """
    with DropSandbox() as drop:
        channel_id, ids = _set_up(registry, listed, drop)
        result = _telling(registry, channel_id, ids[:sent], drop)
    return result | _following(registry, channel_id, ids, changed)


# === SETTING UP === #


def _set_up(registry: Registry, count: int, drop: DropSandbox) -> tuple[int, list[int]]:
    """Copies of one product with its stock and its listing, which the marketplace knows."""
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
        env["orion.schedule"].search([]).enabled = False
        product = env["product.product"].create(
            {"name": "P", "default_code": "P", "is_storable": True}
        )
        location = env["stock.warehouse"].search([], limit=1).lot_stock_id
        quant = env["stock.quant"].create(
            {"product_id": product.id, "location_id": location.id, "quantity": _PIECES}
        )
        channel = _connected(env, drop)
        listing = env["orion.listing"].create({"channel_id": channel.id, "product_id": product.id})
        listing.write(
            {
                "stock_status": "told",
                "stock_available": _PIECES,
                "stock_queued_quantity": _PIECES,
                "last_pushed_quantity": _PIECES,
                "stock_ever_positive": True,
            }
        )
        env.flush_all()
        template = product.product_tmpl_id
        _copy(cr, template, SQL("generate_series(1, %s) n", count))
        _copy(
            cr, product, SQL("product_template t"), SQL("t.id > %s", template.id),
            product_tmpl_id=SQL("t.id"), default_code=SQL("'P' || t.id"),
        )  # fmt: skip
        sku = {"stock_sku": SQL("p.default_code")}
        for record, values in ((quant, {}), (listing, sku)):
            _copy(
                cr, record, SQL("product_product p"), SQL("p.id > %s", product.id),
                product_id=SQL("p.id"), **values,
            )  # fmt: skip
        cr.execute("DELETE FROM orion_stock_change")
        cr.commit()
        cr.execute("ANALYZE")
        cr.execute("SELECT id FROM product_product WHERE id > %s ORDER BY id", [product.id])
        ids = [row[0] for row in cr.fetchall()]
        cr.commit()
        return channel.id, ids


def _connected(env: Any, drop: DropSandbox) -> Any:
    channel = env["orion.channel"].create(
        {
            "name": "Stock",
            "marketplace": "letzshop",
            "requests_per_second": 0,
            "stock_sync_enabled": True,
            "letzshop_stock_way": "http",
            "letzshop_stock_address": drop.address,
            "letzshop_stock_user": drop.user,
        }
    )
    channel.set_credentials(api_key="not-asked-for")
    channel.set_credentials(values={"stock_password": drop.password})
    return channel


def _copy(cr: Any, record: Any, source: SQL, where: SQL = _ALL, **values: SQL) -> None:
    """Copy one row for each row of `source`, with these expressions instead of its values."""
    cr.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = %s AND column_name <> 'id' AND is_generated = 'NEVER'",
        [record._table],
    )
    columns = [row[0] for row in cr.fetchall()]
    cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s row, %s WHERE row.id = %s AND %s",
            SQL.identifier(record._table),
            SQL(", ").join(SQL.identifier(name) for name in columns),
            SQL(", ").join(values.get(name, SQL.identifier("row", name)) for name in columns),
            SQL.identifier(record._table),
            source,
            record.id,
            where,
        )
    )


# === MEASURING === #


def _telling(
    registry: Registry, channel_id: int, ids: list[int], drop: DropSandbox
) -> dict[str, Any]:
    """Requests of so many changed products, and whether they told what is there."""
    from odoo.addons.orion_inventory_sync.lib.stock_adapter import LARGEST_BATCH

    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        _change(env, ids)
        _run(env, env["orion.channel"].browse(channel_id)._follow_changes())
    drain(registry, channel_id)
    told = [
        row
        for content in drop.app.files.values()
        for row in csv.DictReader(io.StringIO(content.decode()))
    ]
    if len(told) != len(ids) or {row["quantity"] for row in told} != {str(_PIECES + 1)}:
        raise RuntimeError(f"{len(told)} quantities were told of {len(ids)}.")
    return {
        "requests": len(drop.app.files),
        "fewest_requests": math.ceil(len(ids) / LARGEST_BATCH),
        "batch": LARGEST_BATCH,
    }


def _following(registry: Registry, channel_id: int, ids: list[int], changed: int) -> dict[str, Any]:
    """From the log of changes to the queue: of so many products, of ten times as many, and with a
    tenth of the listings."""
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        channel = env["orion.channel"].browse(channel_id)
        among_all = _follow(env, channel, ids[:changed])
        more = _follow(env, channel, ids[: changed * _RATIO])
        cr.execute(
            "DELETE FROM orion_listing WHERE channel_id = %s AND product_id > %s",
            [channel_id, ids[len(ids) // _RATIO]],
        )
        cr.commit()
        cr.execute("ANALYZE orion_listing")
        env.invalidate_all()
        among_few = _follow(env, channel, ids[:changed])
    return {
        "changed_seconds": among_all,
        "changed_among_few_seconds": among_few,
        "more_changed_seconds": more,
        "growth": among_all / among_few,
        "more_growth": more / among_all,
    }


def _follow(env: Any, channel: Any, ids: list[int]) -> float:
    """Seconds of looking at a change of these products; the best of some."""
    times = []
    for _round in range(_ROUNDS):
        _change(env, ids)
        times.append(_timed(lambda: _run(env, channel._follow_changes())))
    return min(times)


def _change(env: Any, ids: list[int]) -> None:
    """One piece more of each."""
    for quant in env["stock.quant"].search([("product_id", "in", ids)]):
        quant.quantity += 1
    env.cr.commit()
    env.invalidate_all()


def _run(env: Any, steps: Any) -> None:
    for _step in steps:
        env.flush_all()
        env.cr.commit()


def _timed(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started
