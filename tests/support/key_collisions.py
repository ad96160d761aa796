"""People and workers who change the same keys, orders and channels at once.

    python -m tests.support.key_collisions --config odoo.conf --database NAME

In each case a transaction begins, another one changes what it is about to change and is committed,
and then the first goes on. Answers `ANSWER <JSON>` in the end: for each case what it found, with
what stood in the log meanwhile.
"""

from __future__ import annotations

import argparse
import json
import logging
import traceback
from collections.abc import Callable
from typing import Any

import psycopg2

from tests.support.collision_shop import Logged, MailServer, Shop

_TOUCH_PIECES = "UPDATE orion_digital_piece SET write_date = now() AT TIME ZONE 'UTC'"
_TOUCH_CHANNEL = "UPDATE orion_channel SET key_low_balance = 55 WHERE id = %s"


# === CASES: what each is about to change was changed by somebody else === #


def a_person_imports_keys(shop: Shop) -> Any:
    """A worker has put a piece off since the import began: the import is done, and all are
    looked at once it is committed."""
    with shop.begun() as env:
        shop.meanwhile(_TOUCH_PIECES + " WHERE id = %s", shop.ids["pieces"][0])
        result = env["orion.digital.key"].import_keys(
            product_id=shop.ids["wanted"], keys=["NEW-KEY-0001"]
        )
    return [result["imported"], shop.tried()]


def a_person_saves_a_product(shop: Shop) -> Any:
    """A worker holds a piece: nobody waits for it before the end."""
    held = shop.registry.cursor()
    held.execute(
        "SELECT id FROM orion_digital_piece WHERE id = %s FOR NO KEY UPDATE",
        (shop.ids["pieces"][0],),
    )
    with shop.begun() as env:
        env["product.product"].browse(shop.ids["wanted"]).orion_maximum_cost = 7
        env.flush_all()
        held.rollback()
        held.close()
    return shop.tried()


def the_regular_look(shop: Shop) -> Any:
    """Pieces that wait for too long are told of, though one was changed since it began."""
    shop.meanwhile(
        "UPDATE orion_digital_piece SET waiting_since = now() - interval '1 day'"
        " WHERE id = ANY(%s)",
        shop.ids["pieces"],
    )
    with shop.begun() as env:
        shop.meanwhile(_TOUCH_PIECES + " WHERE id = %s", shop.ids["pieces"][1])
        env["orion.digital.piece"]._cron_try_again()
    return shop.tried()


def buying(shop: Shop) -> Any:
    return shop.begins_anew(
        lambda env: env["orion.digital.piece"]._lock_to_buy(shop.ids["pieces"]),
        _TOUCH_PIECES + " WHERE id = ANY(%s)",
        shop.ids["pieces"],
    )


def a_person_cancels_an_order(shop: Shop) -> Any:
    return shop.begins_anew(
        lambda env: shop.pieces(env)._give_up("cancelled"),
        _TOUCH_PIECES + " WHERE id = ANY(%s)",
        shop.ids["pieces"],
    )


def what_follows_from_an_answer(shop: Shop) -> Any:
    """Pieces and offer of a purchase are held before anything is done."""
    with shop.begun() as env:
        purchase = env["orion.key.purchase"].create(
            {
                "reference": "R-1",
                "channel_id": shop.ids["supplier"],
                "offer_id": shop.ids["offer"],
                "product_id": shop.ids["wanted"],
                "external_product_id": "G1",
                "quantity": 2,
                "unit_price": 1,
                "currency_id": env.company.currency_id.id,
            }
        )
        shop.pieces(env).purchase_id = purchase
        purchase_id = purchase.id

    def hold(env: Any) -> None:
        env["orion.key.purchase"].browse(purchase_id)._orion_lock_for_outcomes()

    return [
        shop.begins_anew(hold, _TOUCH_PIECES + " WHERE purchase_id = %s", purchase_id),
        shop.begins_anew(
            hold, "UPDATE orion_key_offer SET cap = 9 WHERE id = %s", shop.ids["offer"]
        ),
    ]


def sending_of_what_was_claimed(shop: Shop) -> Any:
    """An order was changed since the job began: it is sent all the same."""
    from odoo.addons.orion_base.engine import committed

    with shop.begun() as env:
        company = env["res.company"].browse(shop.ids["company"])
        with committed(env) as own:
            own["orion.digital.piece"]._claim(company.with_env(own), shop.ids["orders"][2:])
    with shop.begun() as env:
        storefront = env["orion.channel"].browse(shop.ids["storefront"])
        steps = storefront._send_steps(storefront.company_id)
        next(steps)
        shop.meanwhile(
            "UPDATE sale_order SET client_order_ref = 'Mine' WHERE id = %s", shop.ids["orders"][2]
        )
        return next(steps).succeeded


def a_mail_whose_order_is_worked_on(shop: Shop) -> Any:
    """The first e-mail of the queue waits, the others leave: while its order is held, and where it
    was just changed. It leaves in the end, once."""
    mails = MailServer(shop)
    first = shop.ids["orders"][2]
    held = shop.registry.cursor()
    held.execute("SELECT id FROM sale_order WHERE id = %s FOR NO KEY UPDATE", (first,))
    queue = [mails.leave()]
    held.rollback()
    held.close()
    queue.append(
        mails.leave(
            before_lock=lambda: shop.meanwhile(
                "UPDATE sale_order SET client_order_ref = 'Yours' WHERE id = %s", first
            )
        )
    )
    (triggers,) = shop.ask(
        "SELECT count(*) FROM ir_cron_trigger t JOIN ir_model_data d ON d.res_id = t.cron_id"
        " WHERE d.module = 'mail' AND d.name = 'ir_cron_mail_scheduler_action'"
        " AND t.call_at > now() AT TIME ZONE 'UTC'"
    )
    queue.append(mails.leave())
    return [queue, mails.sent, triggers > 0]


def a_person_saves_a_channel(shop: Shop) -> Any:
    """A worker has written what it knows since the form was saved."""
    return shop.begins_anew(
        lambda env: shop.supplier(env).write({"key_low_balance": 7}),
        "UPDATE orion_channel SET key_usable = 5 WHERE id = %s",
        shop.ids["supplier"],
    )


def the_balance_is_told(shop: Shop) -> Any:
    from decimal import Decimal

    from odoo.addons.orion_digital_keys.lib.keys_adapter import Balance

    balance = Balance(Decimal(9), Decimal(0), Decimal(9))
    return shop.begins_anew(
        lambda env: shop.supplier(env)._note_balance(balance), _TOUCH_CHANNEL, shop.ids["supplier"]
    )


def an_offer_is_told_of_or_changed(shop: Shop) -> Any:
    """A worker notes what the supplier says, and a person what is accepted."""

    def offer(env: Any) -> Any:
        return env["orion.key.offer"].browse(shop.ids["offer"])

    return [
        shop.begins_anew(
            lambda env: offer(env)._note({"available": 3}),
            "UPDATE orion_key_offer SET sequence = 7 WHERE id = %s",
            shop.ids["offer"],
        ),
        shop.begins_anew(
            lambda env: offer(env).write({"cap": 4}),
            "UPDATE orion_key_offer SET available = 2 WHERE id = %s",
            shop.ids["offer"],
        ),
    ]


def a_step_of_the_catalogue(shop: Shop) -> Any:
    """Somebody saves the channel's settings: no page is read again because of it."""
    from odoo.addons.orion_codeswholesale.lib.batches import Batch

    with shop.begun() as env:
        job_id = shop.supplier(env)._open_catalogue(True).id
    batch = Batch([], ["GONE"], [], "next page", 0)

    def stage(env: Any) -> None:
        job = env["orion.import.job"].browse(job_id)
        shop.supplier(env)._stage(job, dict(job.codeswholesale_cursor), batch)

    return [
        shop.begins_anew(stage, _TOUCH_CHANNEL, shop.ids["supplier"]),
        shop.begins_anew(
            stage, "UPDATE orion_import_job SET write_date = now() WHERE id = %s", job_id
        ),
        shop.begins_anew(
            lambda env: env["orion.import.job"].browse(job_id).action_cancel(),
            "UPDATE orion_import_job SET write_date = now() WHERE id = %s",
            job_id,
        ),
    ]


def a_place_moves_while_stock_is_compared(shop: Shop) -> Any:
    """The person's transaction, and the end of the job's."""
    with shop.begun() as env:
        parent = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
        shelf = env["stock.location"].create(
            {"name": "Shelf", "location_id": parent.lot_stock_id.id}
        )
        shelf_id, top_id = shelf.id, parent.view_location_id.id
    shop.meanwhile(
        "UPDATE orion_channel SET stock_sync_enabled = TRUE, sync_strategy = 'realtime'"
        " WHERE id = %s",
        shop.ids["supplier"],
    )
    shop.registry.clear_cache()
    compared = "UPDATE orion_channel SET stock_compared_at = now() WHERE id = %s"
    return [
        shop.begins_anew(
            lambda env: env["stock.location"].browse(shelf_id).write({"location_id": top_id}),
            compared,
            shop.ids["supplier"],
        ),
        shop.begins_anew(
            lambda env: shop.supplier(env)._end_comparison(0, None),
            compared,
            shop.ids["supplier"],
        ),
    ]


CASES = (
    a_person_imports_keys,
    a_person_saves_a_product,
    the_regular_look,
    buying,
    a_person_cancels_an_order,
    what_follows_from_an_answer,
    sending_of_what_was_claimed,
    a_mail_whose_order_is_worked_on,
    a_person_saves_a_channel,
    the_balance_is_told,
    an_offer_is_told_of_or_changed,
    a_step_of_the_catalogue,
    a_place_moves_while_stock_is_compared,
)


def run_case(shop: Shop, case: Callable[[Shop], Any]) -> dict[str, Any]:
    """What a case found, and what stood in the log meanwhile."""
    logged = Logged()
    logging.getLogger().addHandler(logged)
    try:
        found = case(shop)
    except psycopg2.Error:
        found = traceback.format_exc()
    finally:
        logging.getLogger().removeHandler(logged)
    return {"found": found, "logged": logged.lines}


def main() -> None:
    """All cases, one behind the other."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", required=True)
    parser.add_argument("--database", required=True)
    given = parser.parse_args()

    from odoo.tools import config

    config.parse_config(["-c", given.config, "-d", given.database], setup_logging=True)
    from odoo.modules.registry import Registry

    shop = Shop(Registry(given.database))
    shop.set_up()
    answer = {case.__name__: run_case(shop, case) for case in CASES}
    print("ANSWER", json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
