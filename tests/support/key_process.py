"""Eight processes that give keys to the same orders, some of which are killed meanwhile.

    python -m tests.support.key_process --config odoo.conf --database NAME --options JSON

The registry is loaded once; then each of them is forked, with database connections of its own.
Answers `ANSWER <JSON>` in the end.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import time
import traceback
from collections.abc import Callable
from typing import Any

#: Where a process dies, by SIGKILL: model and method, and whether before or after it.
KILL_POINTS = {
    "within claim": ("orion.digital.piece", "_claim_rows", "after"),
    "after claim": ("sale.order", "_orion_send_claimed", "before"),
    "within sending": ("sale.order", "_orion_note_digital", "before"),
    "after sending": ("sale.order", "_orion_count_outcomes", "before"),
}
#: Who dies where, and at which call. Only whether a caller sends enough is up to the others.
DEATHS = {
    0: ("within claim", 2),
    1: ("after claim", 3),
    2: ("within sending", 4),
    3: ("after sending", 5),
    6: ("within claim", 1),
}
WORKERS = (6, 7)
#: Exit code of one that should have died and never came there.
LIVED = 3
#: Orders that a caller asks for at once.
ASKED = 20


def set_up(registry: Any, orders: int, keys: int) -> dict[str, Any]:
    """A pool, and orders that are confirmed and paid; nobody has been woken."""
    from odoo import SUPERUSER_ID, api

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
        batch = env["orion.digital.key"]._make_batch(game, env.company, "paste")
        add_keys(batch, [NewKey(f"KEY-{number:05d}") for number in range(keys)])
        customer = env["res.partner"].create({"name": "Léa", "email": "lea@example.com"})
        line = {"product_id": game.id, "product_uom_qty": 1, "price_unit": 0}
        sold = env["sale.order"].create(
            [{"partner_id": customer.id, "order_line": [(0, 0, line)]} for _ in range(orders)]
        )
        sold.with_context(send_email=False).action_confirm()
        storefront = env.company._orion_storefront()
        storefront.schedule_ids.filtered(lambda s: s.job_type == "key_fulfilment").enabled = True
        cr.commit()
        return {"product": game.id, "orders": sold.ids}


def call(registry: Any, order_ids: list[int], seed: int) -> None:
    """A program that asks for all orders, in an order of its own, as long as any waits."""
    from odoo import SUPERUSER_ID, api
    from odoo.service.model import retrying

    dice = random.Random(seed)
    ids = list(order_ids)
    dice.shuffle(ids)
    for start in range(0, len(ids), ASKED):
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            orders = env["sale.order"].browse(ids[start : start + ASKED])
            retrying(orders.orion_fulfill_digital, env)


def work(registry: Any) -> None:
    """A worker, until it has nothing to do."""
    from odoo.addons.orion_base.engine import Worker

    Worker(registry).run(300)


def arm(registry: Any, point: str, calls: int) -> None:
    """End this process at the given call."""
    model, name, moment = KILL_POINTS[point]
    owner = registry[model]
    original: Callable[..., Any] = getattr(owner, name)
    left = calls

    def deadly(*args: Any, **kwargs: Any) -> Any:
        nonlocal left
        left -= 1
        if left <= 0 and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **kwargs)
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, deadly)


def _short_mail(order: Any, pieces: Any, address: str) -> None:
    """As if the e-mail had left at once."""
    mail = {"model": "sale.order", "res_id": order.id, "email_to": address, "state": "sent"}
    order.env["mail.mail"].sudo().create({**mail, "subject": f"{len(pieces)} keys"})
    pieces.write({"sent_at": order.env.cr.now()})


def storm(registry: Any, order_ids: list[int]) -> dict[str, Any]:
    """Eight processes at once: six callers and two workers; four of the callers and one of the
    workers die.

    :return: how each of them ended: a signal below 0, `LIVED`, else its exit code
    """
    children = {number: _start(registry, order_ids, number) for number in (*range(6), *WORKERS)}
    return {"ends": {number: _end_of(pid) for number, pid in children.items()}}


def send_mails(registry: Any) -> list[str]:
    """Let the queue send what waits, and return the bodies that the mail server got."""
    from odoo import SUPERUSER_ID, api

    bodies: list[str] = []

    def take(servers: Any, message: Any, *_args: Any, **_options: Any) -> str:
        [html] = [part for part in message.walk() if part.get_content_type() == "text/html"]
        bodies.append(html.get_content())
        return str(message["Message-Id"])

    registry["ir.mail_server"]._connect__ = lambda *_args, **_options: None
    registry["ir.mail_server"].send_email = take
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["mail.mail"].search([("state", "=", "outgoing")]).send()
        cr.commit()
    return bodies


def _start(registry: Any, order_ids: list[int], number: int) -> int:
    pid = os.fork()
    if not pid:
        _child(registry, order_ids, number)
    return pid


def _end_of(pid: int) -> int:
    _pid, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def _child(registry: Any, order_ids: list[int], number: int) -> None:
    """Never returns."""
    code = 1
    try:
        if number in DEATHS:
            arm(registry, *DEATHS[number])
        if number in WORKERS:
            work(registry)
        else:
            call(registry, order_ids, number)
        code = LIVED if number in DEATHS else 0
    finally:
        if code == 1:
            traceback.print_exc()
        os._exit(code)


def look(registry: Any, product_id: int) -> dict[str, Any]:
    """What came of it."""
    from odoo import SUPERUSER_ID, api

    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        cr.execute("SELECT state, count(*) FROM orion_digital_piece GROUP BY state")
        pieces = dict(cr.fetchall())
        cr.execute(
            "SELECT state, count(*), count(DISTINCT piece_id) FROM orion_digital_key"
            " WHERE product_id = %s GROUP BY state",
            (product_id,),
        )
        keys = {state: (number, distinct) for state, number, distinct in cr.fetchall()}
        cr.execute(
            "SELECT count(*) FROM orion_digital_piece p"
            " JOIN orion_digital_key k ON k.id = p.key_id AND k.piece_id = p.id"
        )
        [[pairs]] = cr.fetchall()
        cr.execute("SELECT orion_status, count(*) FROM sale_order GROUP BY orion_status")
        statuses = dict(cr.fetchall())
        cr.execute(
            "SELECT max(number) FROM (SELECT count(*) AS number FROM orion_order_status_history"
            " WHERE to_status = 'fulfilled' GROUP BY order_id) AS lines"
        )
        [[fulfilled]] = cr.fetchall()
        mails = env["mail.mail"].search([("model", "=", "sale.order")])
        return {
            "pieces": pieces,
            "keys": keys,
            "pairs": pairs,
            "statuses": statuses,
            "most_fulfilled": fulfilled,
            "mails": len(mails),
            "mailed": len(set(mails.mapped("res_id"))),
        }


def main() -> None:
    """The whole storm."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--options", default="{}", type=json.loads)
    given = parser.parse_args()

    from odoo import sql_db
    from odoo.tools import config

    config.parse_config(["-c", given.config, "-d", given.database])
    from odoo.modules.registry import Registry

    registry = Registry(given.database)
    has_mails = given.options.pop("real_mails")
    if not has_mails:
        # what it says, and that it takes its time, is no matter here: that it is one is
        registry["sale.order"]._orion_mail_keys = _short_mail
    started = time.monotonic()
    prepared = set_up(registry, **given.options)
    took = {"set_up": time.monotonic() - started}
    # nothing is shared with those that are forked
    sql_db.close_all()
    started = time.monotonic()
    result = storm(registry, prepared["orders"])
    took["storm"] = time.monotonic() - started
    result["before"] = look(registry, prepared["product"])
    # the server has started its workers again; what the dead ones held waits for its time
    started = time.monotonic()
    with registry.cursor() as cr:
        cr.execute(
            "UPDATE orion_digital_piece SET try_at = try_at - interval '1 hour'"
            " WHERE try_at IS NOT NULL"
        )
        cr.commit()
    work(registry)
    took["rest"] = time.monotonic() - started
    bodies = send_mails(registry) if has_mails else []
    result["after"] = look(registry, prepared["product"])
    result["keys_in_mails"] = [re.findall(r"KEY-\d{5}", body) for body in bodies]
    print("ANSWER", json.dumps({**result, "took": took}), flush=True)


if __name__ == "__main__":
    main()
