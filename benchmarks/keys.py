"""Keys claimed for many sold pieces at once, against one by one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry


def measure(registry: Registry, orders: int, one_by_one: int, rounds: int) -> dict[str, Any]:
    """Ratios and times.

    :param orders: of a pool product, a piece each, that get their keys at once
    :param one_by_one: of these, how many get theirs one by one
    """
    piece_ids = _set_up(registry, orders)
    together = min(
        _timed(lambda: _claim_all(registry, orders), registry, piece_ids)
        for _round in range(rounds)
    )
    apart = min(
        _timed(lambda: _claim_each(registry, piece_ids[:one_by_one]), registry, piece_ids)
        for _round in range(rounds)
    )
    calls = min(
        _timed(lambda: _call_each(registry, piece_ids[:one_by_one]), registry, piece_ids)
        for _round in range(rounds)
    )
    return {
        "together_seconds": together,
        "ratio": (apart / one_by_one) / (together / orders),
        "calls_ratio": (calls / one_by_one) / (together / orders),
        "a_second": orders / together,
    }


def _set_up(registry: Registry, orders: int) -> list[int]:
    """Paid orders whose pieces wait, and a pool of twice as many keys."""
    from odoo.addons.orion_digital_keys.key_store import NewKey, add_keys

    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
        env["orion.schedule"].search([]).enabled = False
        game = env["product.product"].create(
            {
                "name": "Game",
                "type": "service",
                "orion_is_digital": True,
                "list_price": 0,
                "taxes_id": False,
            }
        )
        customer = env["res.partner"].create({"name": "Léa", "email": "lea@example.com"})
        line = {"product_id": game.id, "product_uom_qty": 1, "price_unit": 0}
        sold = env["sale.order"].create(
            [{"partner_id": customer.id, "order_line": [(0, 0, line)]} for _ in range(orders)]
        )
        sold.with_context(send_email=False).action_confirm()
        batch = env["orion.digital.key"]._make_batch(game, env.company, "paste")
        add_keys(batch, [NewKey(f"KEY-{number:06d}") for number in range(2 * orders)])
        cr.commit()
        cr.execute("ANALYZE orion_digital_key")
        cr.execute("ANALYZE orion_digital_piece")
        cr.commit()
        ids: list[int] = sold.orion_piece_ids.ids
        return ids


def _claim_all(registry: Registry, orders: int) -> None:
    """As the worker does: one statement, one commit."""
    from odoo.addons.orion_base.engine import committed

    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        with committed(env) as own:
            claimed, _left = own["orion.digital.piece"]._claim(own.company)
    if len(claimed) != orders:
        raise RuntimeError(f"{len(claimed)} of {orders} pieces have a key.")


def _claim_each(registry: Registry, piece_ids: list[int]) -> None:
    """One by one, as one would write it with Odoo: lock a free key, write, commit."""
    for piece_id in piece_ids:
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            piece = env["orion.digital.piece"].browse(piece_id)
            piece.lock_for_update()
            key = env["orion.digital.key"].search(
                [
                    ("product_id", "=", piece.product_id.id),
                    ("company_id", "=", piece.company_id.id),
                    ("state", "=", "available"),
                ],
                order="expires_on, id",
                limit=1,
            )
            key.lock_for_update()
            key.write({"state": "reserved", "piece_id": piece.id})
            piece.write({"state": "claimed", "key_id": key.id, "try_at": False})
            cr.commit()


def _call_each(registry: Registry, piece_ids: list[int]) -> None:
    """The suite's own claim, called for one order at a time."""
    from odoo.addons.orion_base.engine import committed

    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        order_ids = env["orion.digital.piece"].browse(piece_ids).order_id.ids
        for order_id in order_ids:
            with committed(env) as own:
                own["orion.digital.piece"]._claim(own.company, [order_id])


def _timed(run: Callable[[], None], registry: Registry, piece_ids: list[int]) -> float:
    """Seconds; all keys are free again afterwards."""
    started = time.perf_counter()
    run()
    took = time.perf_counter() - started
    with registry.cursor() as cr:
        cr.execute(
            "UPDATE orion_digital_piece SET state = 'waiting', key_id = NULL,"
            " try_at = now() AT TIME ZONE 'UTC' - interval '1 minute' WHERE id = ANY(%s)",
            (piece_ids,),
        )
        cr.execute("UPDATE orion_digital_key SET state = 'available', piece_id = NULL")
        cr.commit()
    return took
