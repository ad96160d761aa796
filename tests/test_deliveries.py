"""People deliver what the shop sold, while the workers confirm orders of the same goods."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox import LetzshopSandbox
from tests.support.stage import Stage
from tests.support.store import Store, at_once, confirmed_once
from tools.log_check import Allowed

USERS = 4
DELIVERIES_EACH = 6
MARKETPLACE_ORDERS = 32
#: A user whose transaction began before a worker's ended: Odoo repeats the call, unseen.
REPEATED_CALL = Allowed(
    re.compile(r"odoo\.sql_db: bad query: .*stock_quant.*could not serialize", re.DOTALL),
    "Odoo itself meets changes of stock like this and repeats the call",
)
_WORKER = re.compile(r"\d+ (?P<pid>\d+) INFO .*: Job 'Marketplaces: worker")


@pytest.fixture(scope="module")
def store(stage: Stage) -> Iterator[Store]:
    with (
        stage.clone() as database,
        stage.running(database, workers=4, allowed=(REPEATED_CALL,)) as servers,
    ):
        yield Store(stage, servers)


def test_four_users_deliver_while_orders_are_confirmed(store: Store) -> None:
    with LetzshopSandbox(orders=0, history=0) as marketplace:
        marketplace.control.add_orders(MARKETPLACE_ORDERS, lines=2)
        products = store.stock_up(marketplace)
        assert len(products) >= USERS
        channel = store.connect(marketplace)
        assert store.import_orders(channel)["orders_imported"] == MARKETPLACE_ORDERS
        logins = _warehouse_users(store)
        # Each user delivers goods of one's own: two people who take the same goods at the same
        # moment collide in Odoo itself.
        deliveries = {
            login: _storefront_deliveries(store, list(products.values())[number::USERS])
            for number, login in enumerate(logins)
        }
        marketplace.control.configure(latency_ms=50)

        orders, shipments = store.confirmable(channel)

        def confirm() -> list[bool]:
            for start in range(0, len(orders), 4):
                store.confirm(orders[start : start + 4])
            return []

        def deliver(login: str) -> list[bool]:
            client = store.client(login=login)
            return [
                client.call("stock.picking", "button_validate", [picking])
                for picking in deliveries[login]
            ]

        answers = at_once([confirm, *(lambda login=login: deliver(login) for login in logins)])
        assert [answer for answers_ in answers for answer in answers_] == [True] * (
            USERS * DELIVERIES_EACH
        )
        store.settle(seconds=90)

        done = store.query(
            "SELECT DISTINCT state FROM stock_picking WHERE id = ANY(%s)",
            [picking for pickings in deliveries.values() for picking in pickings],
        )
        assert done == [("done",)]
        confirmed_once(marketplace, shipments)
        states = store.query("SELECT DISTINCT state FROM sale_order WHERE id = ANY(%s)", orders)
        assert states == [("sale",)]
        assert _collisions_of_workers(store) == []


def _collisions_of_workers(store: Store) -> list[str]:
    """The workers wait for people; they never fail over what people change."""
    log = store.servers[0].log_file.read_text(encoding="utf-8")
    pids = {match["pid"] for match in _WORKER.finditer(log)}
    assert pids
    return [line for line in store.collisions() if line.split()[2] in pids]


def _warehouse_users(store: Store) -> list[str]:
    client = store.client()
    groups = [
        client.call("ir.model.data", "check_object_reference", module=module, xml_id=name)[1]
        for module, name in (
            ("stock", "group_stock_user"),
            ("sales_team", "group_sale_salesman_all_leads"),
        )
    ]
    logins = [f"picker{number}" for number in range(USERS)]
    client.create(
        "res.users",
        [
            {"name": login, "login": login, "password": login, "group_ids": [(6, 0, groups)]}
            for login in logins
        ],
    )
    return logins


def _storefront_deliveries(store: Store, products: list[int]) -> list[int]:
    """Deliveries of orders that were made in Odoo."""
    client = store.client()
    partners = client.create(
        "res.partner", [{"name": f"Walk-in {number}"} for number in range(DELIVERIES_EACH)]
    )
    orders = client.create("sale.order", [_order(partner, products) for partner in partners])
    client.call("sale.order", "action_confirm", orders)
    pickings = client.search(
        "stock.picking", [("sale_id", "in", orders), ("state", "=", "assigned")]
    )
    assert len(pickings) == DELIVERIES_EACH
    return list(pickings)


def _order(partner: int, products: list[int]) -> dict[str, Any]:
    lines = [(0, 0, {"product_id": product, "product_uom_qty": 1}) for product in products[:2]]
    return {"partner_id": partner, "order_line": lines}
