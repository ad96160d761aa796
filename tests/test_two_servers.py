"""Two Odoo servers on one database: nothing happens twice, and nobody gets in another's way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sandbox import LetzshopSandbox
from tests.support.stage import Stage
from tests.support.store import Store, at_once, confirmed_once

REPEATED_CALL = "odoo.service.model: SERIALIZATION_FAILURE, "
#: Orders that are confirmed on both servers at the same moment.
CONTESTED = 20
ORDERS = {"lux-shop": 60, "moselle-shop": 40}


@dataclass(frozen=True)
class TwoServers:
    """Two servers with two HTTP and two cron workers each, and two channels."""

    store: Store
    marketplace: LetzshopSandbox
    channels: dict[str, int]
    shipments: dict[str, list[str]]


@pytest.fixture(scope="module")
def two_servers(stage: Stage) -> Iterator[TwoServers]:
    """Both channels sell the same products; their workers import by themselves."""
    with LetzshopSandbox(orders=0, history=0) as marketplace, stage.clone() as database:
        shipments = {
            vendor: marketplace.control.add_orders(number, lines=2, vendor=vendor)
            for vendor, number in ORDERS.items()
        }
        with stage.running(database, servers=2, workers=2) as servers:
            store = Store(stage, servers)
            store.stock_up(marketplace)
            keys = {
                "lux-shop": marketplace.api_key,
                "moselle-shop": marketplace.second_api_key,
            }
            channels = {
                vendor: store.connect(marketplace, key, vendor) for vendor, key in keys.items()
            }
            yield TwoServers(store, marketplace, channels, shipments)


def test_no_order_is_imported_twice(two_servers: TwoServers) -> None:
    store = two_servers.store

    def ask(number: int, channel: int) -> bool:
        result = store.client(number).call("orion.channel", "import_orders", [channel])
        assert not result["errors"], result
        return bool(result["success"])

    for channel in two_servers.channels.values():
        store.schedule(channel)
    answers = at_once(
        lambda number=number, channel=channel: ask(number, channel)
        for number in range(2)
        for channel in two_servers.channels.values()
    )
    assert all(answers)

    for vendor, channel in two_servers.channels.items():
        store.wait_for(
            "SELECT count(*) >= %s FROM sale_order WHERE orion_channel_id = %s",
            ORDERS[vendor],
            channel,
        )
    store.wait_for("SELECT count(*) = 0 FROM orion_sync_log WHERE status IN ('pending', 'running')")
    for vendor, channel in two_servers.channels.items():
        imported = store.query(
            "SELECT orion_external_id FROM sale_order WHERE orion_channel_id = %s", channel
        )
        assert sorted(row[0] for row in imported) == sorted(two_servers.shipments[vendor])
    # all runs read everything; the orders came in with one of them only
    counted = store.query(
        "SELECT channel_id, sum((counts->>'orders_imported')::int), max(records_failed)"
        " FROM orion_sync_log WHERE operation_type = 'order_import' GROUP BY channel_id"
    )
    assert sorted(counted) == sorted(
        (channel, ORDERS[vendor], 0) for vendor, channel in two_servers.channels.items()
    )
    assert store.collisions() == []


def test_no_operation_is_sent_twice(two_servers: TwoServers) -> None:
    store, marketplace = two_servers.store, two_servers.marketplace
    for channel in two_servers.channels.values():
        store.schedule(channel, False)
    marketplace.control.configure(latency_ms=20)
    orders, shipments = store.confirmable(*two_servers.channels.values())
    assert len(orders) > 0.9 * sum(ORDERS.values())

    def confirm(number: int, some: list[int]) -> None:
        client = store.client(number)
        for start in range(0, len(some), 10):
            result = client.call("sale.order", "orion_confirm", some[start : start + 10])
            assert result["success"], result

    # people share the work: nobody collides with anybody, neither people nor workers
    contested, shared = orders[:CONTESTED], orders[CONTESTED:]
    at_once(lambda number=number: confirm(number, shared[number::2]) for number in range(2))
    store.settle(seconds=90)
    assert store.collisions() == []
    # two people decide about the same orders at the same moment
    at_once(lambda number=number: confirm(number, contested) for number in range(2))
    store.settle(seconds=90)

    confirmed_once(marketplace, shipments)
    operations = store.query("SELECT res_id, status, attempts FROM orion_operation")
    assert sorted(operations) == [(order, "completed", 0) for order in sorted(orders)]
    states = store.query(
        "SELECT DISTINCT state, orion_status FROM sale_order WHERE id = ANY(%s)", orders
    )
    assert states == [("sale", "processing")]  # the goods are reserved
    deliveries = store.query(
        "SELECT sale_id, count(*) FROM stock_picking WHERE sale_id IS NOT NULL GROUP BY sale_id"
    )
    assert sorted(deliveries) == [(order, 1) for order in sorted(orders)]
    # The same order asked for at the same moment on both servers: Odoo repeats the second call,
    # which is how it finds the first one's operation. Nothing else collides.
    collisions = [line for line in store.collisions() if REPEATED_CALL not in line]
    assert collisions == []
