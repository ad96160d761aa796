"""What people and workers meet on in `tests.support.key_collisions`: committed records, and the
transactions of two at once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from psycopg2.extensions import TransactionRollbackError

#: What a statement that a case runs into must not wait for.
_NO_WAITING = "SET LOCAL lock_timeout = '3s'"


class Logged(logging.Handler):
    """What stands in the log at warning or worse."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage()[:500])


class Shop:
    """What the cases share: committed, and looked up by id in each transaction.

    :param registry: Odoo's, of the database
    """

    def __init__(self, registry: Any) -> None:
        self.registry = registry
        self.ids: dict[str, Any] = {}

    @contextmanager
    def begun(self) -> Iterator[Any]:
        """An environment whose transaction has its snapshot; committed at the end."""
        from odoo import SUPERUSER_ID, api

        with self.registry.cursor() as cr:
            cr.execute(_NO_WAITING)
            cr.execute("SELECT count(*) FROM orion_digital_piece")
            yield api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    def meanwhile(self, statement: str, *parameters: Any) -> None:
        """Somebody else's, committed."""
        with self.registry.cursor() as cr:
            cr.execute(_NO_WAITING)
            cr.execute(statement, parameters)

    def ask(self, statement: str, *parameters: Any) -> Any:
        """The first row."""
        with self.registry.cursor() as cr:
            cr.execute(statement, parameters)
            return cr.fetchone()

    def begins_anew(self, call: Callable[[Any], Any], statement: str, *parameters: Any) -> str:
        """How a call ends whose records were changed after it had begun."""
        try:
            with self.begun() as env:
                self.meanwhile(statement, *parameters)
                call(env)
        except TransactionRollbackError:
            return "anew"
        return "done"

    def set_up(self) -> None:
        from odoo.addons.orion_digital_keys.key_store import NewKey, add_keys

        with self.begun() as env:
            env["orion.schedule"].search([]).enabled = False
            games = env["product.product"].create(
                [
                    {
                        "name": name,
                        "type": "service",
                        "orion_is_digital": True,
                        "orion_key_source": "pool",
                        "list_price": 0,
                        "taxes_id": False,
                    }
                    for name in ("Wanted", "There")
                ]
            )
            batch = env["orion.digital.key"]._make_batch(games[1], env.company, "paste")
            add_keys(batch, [NewKey(f"THERE-{number:04d}") for number in range(9)])
            customer = env["res.partner"].create({"name": "Léa", "email": "lea@example.com"})
            env.company.email = "shop@example.com"
            sold = env["sale.order"].create(
                [
                    {
                        "partner_id": customer.id,
                        "order_line": [(0, 0, {"product_id": game.id, "price_unit": 0})],
                    }
                    for game in (games[0], games[0], games[1], games[1], games[1])
                ]
            )
            sold.with_context(send_email=False).action_confirm()
            supplier = env["orion.channel"].create(
                {"name": "Supplier", "marketplace": "codeswholesale", "state": "connected"}
            )
            offer = env["orion.key.offer"].create(
                {
                    "product_id": games[0].id,
                    "channel_id": supplier.id,
                    "external_id": "G1",
                    "available": 5,
                }
            )
            self.ids = {
                "wanted": games[0].id,
                "orders": sold.ids,
                "supplier": supplier.id,
                "offer": offer.id,
                "storefront": env.company._orion_storefront().id,
                "company": env.company.id,
            }
            pieces = sold[:2].orion_piece_ids
            pieces.write({"try_at": False, "reason": "pool_empty"})
            self.ids["pieces"] = pieces.ids

    def pieces(self, env: Any) -> Any:
        return env["orion.digital.piece"].browse(self.ids["pieces"])

    def supplier(self, env: Any) -> Any:
        return env["orion.channel"].browse(self.ids["supplier"])

    def tried(self) -> Any:
        """Of how many waiting pieces a worker looks now; they are put to rest again."""
        (number,) = self.ask(
            "SELECT count(*) FROM orion_digital_piece WHERE id = ANY(%s) AND try_at IS NOT NULL",
            self.ids["pieces"],
        )
        self.meanwhile(
            "UPDATE orion_digital_piece SET try_at = NULL WHERE id = ANY(%s)", self.ids["pieces"]
        )
        return number


class MailServer:
    """Takes everything, and counts it."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.sent = 0
        servers = shop.registry["ir.mail_server"]
        servers._connect__ = lambda *_args, **_options: None
        servers.send_email = self._take
        pieces = shop.registry["orion.digital.piece"]
        self._lock = pieces._lock_for_sending
        self.before_lock: Callable[[], None] | None = None

        def lock(records: Any) -> Any:
            return self._lock_later(records)

        pieces._lock_for_sending = lock

    def leave(self, before_lock: Callable[[], None] | None = None) -> dict[str, int]:
        """One run of the queue; the states of the e-mails behind it."""
        self.before_lock = before_lock
        with self.shop.begun() as env:
            env["mail.mail"].process_email_queue()
        with self.shop.registry.cursor() as cr:
            cr.execute(
                "SELECT state, count(*) FROM mail_mail q JOIN mail_message m"
                " ON m.id = q.mail_message_id WHERE m.model = 'sale.order' GROUP BY state"
            )
            return dict(cr.fetchall())

    def _take(self, message: Any, *_args: Any, **_options: Any) -> str:
        self.sent += 1
        return str(message["Message-Id"])

    def _lock_later(self, records: Any) -> Any:
        before_lock, self.before_lock = self.before_lock, None
        if before_lock:
            before_lock()
        return self._lock(records)
