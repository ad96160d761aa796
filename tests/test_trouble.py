"""Trouble that heals by itself: one word to people, no storm, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sandbox import LetzshopSandbox
from tests.support.stage import Stage
from tests.support.store import Store, confirmed_once

ORDERS = 5
ROUNDS_OF_A_DAY = 12
#: The first one, four probes whose time we let come, and those whose time came by itself.
MOST_REQUESTS = 10
TROUBLE = "orion_base.activity_type_channel_trouble"


@pytest.fixture(scope="module")
def store(stage: Stage) -> Iterator[Store]:
    with stage.clone() as database, stage.running(database, max_cron_threads=2) as servers:
        yield Store(stage, servers)


@pytest.fixture
def marketplace() -> Iterator[LetzshopSandbox]:
    with LetzshopSandbox(orders=0, history=0) as sandbox:
        yield sandbox


@pytest.fixture
def channel(store: Store, marketplace: LetzshopSandbox) -> Iterator[int]:
    """A channel with imported orders, all of whose products are known; archived in the end."""
    marketplace.control.add_orders(ORDERS, lines=2)
    store.stock_up(marketplace)
    channel = store.connect(marketplace)
    assert store.import_orders(channel)["orders_imported"] == ORDERS
    yield channel
    store.client().call("orion.channel", "write", [channel], vals={"active": False})


def shipments(marketplace: LetzshopSandbox) -> list[str]:
    return [shipment["id"] for shipment in marketplace.control.shipments()]


def _units(marketplace: LetzshopSandbox) -> list[dict[str, Any]]:
    return [unit for shipment in marketplace.control.shipments() for unit in shipment["units"]]


def activities(store: Store, model: str, ids: list[int]) -> list[dict[str, Any]]:
    domain = [("res_model", "=", model), ("res_id", "in", ids)]
    return list(
        store.client().read("mail.activity", domain, ["res_id", "summary", "note", "user_id"])
    )


def _pauses(store: Store, channel: int) -> list[dict[str, Any]]:
    """What says that a channel is paused; it may be told of other things too."""
    told = activities(store, "orion.channel", [channel])
    return [each for each in told if "paused" in each["summary"]]


def test_accepted_there_but_not_confirmable_here(
    store: Store, marketplace: LetzshopSandbox, channel: int
) -> None:
    client = store.client()
    rules = client.search("stock.rule", [("location_dest_id.usage", "=", "customer")])
    client.call("stock.rule", "write", rules, vals={"active": False})
    try:
        operations = _assert_told_once(store, marketplace, channel)
    finally:
        client.call("stock.rule", "write", rules, vals={"active": True})

    store.let_time_pass()
    store.settle(channel)
    confirmed_once(marketplace, shipments(marketplace))
    orders = store.orders(channel)
    states = store.query("SELECT state, orion_status FROM sale_order WHERE id = ANY(%s)", orders)
    assert states == [("sale", "processing")] * ORDERS  # the goods are reserved
    deliveries = store.query("SELECT sale_id FROM stock_picking WHERE sale_id = ANY(%s)", orders)
    assert sorted(row[0] for row in deliveries) == sorted(orders)
    assert activities(store, "sale.order", orders) == []
    sent = store.query(
        "SELECT DISTINCT attempts FROM orion_operation WHERE id = ANY(%s)", operations
    )
    assert sent == [(0,)]


def _assert_told_once(store: Store, marketplace: LetzshopSandbox, channel: int) -> list[int]:
    """The marketplace accepts, Odoo has no rule to deliver by; answers the operations."""
    orders = store.orders(channel)
    operations = store.confirm(orders)
    store.wait_for(
        "SELECT count(*) = %s FROM orion_operation WHERE id = ANY(%s) AND status = 'completed'"
        " AND NOT applied AND apply_attempts = 1",
        ORDERS,
        operations,
    )
    confirmed_once(marketplace, shipments(marketplace))
    told = activities(store, "sale.order", orders)
    assert sorted(activity["res_id"] for activity in told) == sorted(orders)
    for activity in told:
        assert "not yet in Odoo" in activity["summary"]
        assert "nothing is sent again" in activity["note"]
        assert "Remove the cause" in activity["note"]
        # Odoo's own sentence, which names the product
        assert any(unit["sku"] in activity["note"] for unit in _units(marketplace))

    # time passes and the cause remains: nothing is sent, and nobody is told again
    store.let_time_pass()
    store.wait_for(
        "SELECT min(apply_attempts) > 1 FROM orion_operation WHERE id = ANY(%s)", operations
    )
    assert len(activities(store, "sale.order", orders)) == ORDERS
    return operations


def test_wrong_key_makes_no_storm(store: Store, marketplace: LetzshopSandbox, channel: int) -> None:
    client = store.client()
    client.call("orion.channel", "set_credentials", [channel], api_key="no-key-of-anybody")
    marketplace.control.clear_requests()
    store.schedule(channel)
    store.confirm(store.orders(channel))
    store.wait_for(
        "SELECT count(*) = 1 FROM orion_circuit"
        " WHERE channel_id = %s AND state = 'open' AND notified",
        channel,
    )
    (told,) = _pauses(store, channel)
    assert "Set a valid key on the channel" in told["note"]

    # the crons go on, and so do probes at their time: one request each
    for _probe in range(4):
        store.let_crons_run()
        before = _failures(store, channel)
        store.let_time_pass()
        store.wait_until(lambda before=before: _failures(store, channel) > before, "a probe")
    sent = len(marketplace.control.requests())
    assert sent <= MOST_REQUESTS
    assert sent - 1 <= _failures(store, channel) <= sent
    assert len(_pauses(store, channel)) == 1
    (state,) = client.read("orion.channel", [("id", "=", channel)], ["state"])
    assert state["state"] == "error"
    assert store.query(
        "SELECT DISTINCT status FROM orion_operation WHERE channel_id = %s", channel
    ) == [("pending",)]

    client.call("orion.channel", "set_credentials", [channel], api_key=marketplace.api_key)
    store.settle(channel)
    confirmed_once(marketplace, shipments(marketplace))
    store.wait_until(lambda: not _pauses(store, channel), "activity done")
    (state,) = client.read("orion.channel", [("id", "=", channel)], ["state"])
    assert state["state"] == "connected"


def test_marketplace_down_for_a_day(
    store: Store, marketplace: LetzshopSandbox, channel: int
) -> None:
    marketplace.stop()
    store.schedule(channel)
    store.confirm(store.orders(channel))
    for _hours in range(ROUNDS_OF_A_DAY):
        before = _failures(store, channel)
        store.let_time_pass()
        store.wait_until(lambda before=before: _failures(store, channel) > before, "a probe")
    assert len(_pauses(store, channel)) == 1
    refused = store.import_orders(channel)
    assert refused["success"] is False
    assert "cannot be reached" in refused["message"]
    fresh = marketplace.control.add_orders(ORDERS, lines=1)

    marketplace.start()
    store.let_time_pass()
    store.settle(channel)
    store.wait_for(
        "SELECT count(*) = %s FROM sale_order WHERE orion_channel_id = %s", 2 * ORDERS, channel
    )
    confirmed_once(marketplace, [name for name in shipments(marketplace) if name not in fresh])
    operations = store.query(
        "SELECT status, attempts FROM orion_operation WHERE channel_id = %s", channel
    )
    # waiting for a service that is down uses up no attempt
    assert operations == [("completed", 0)] * ORDERS
    store.wait_until(lambda: not _pauses(store, channel), "activity done")
    schedule = store.query(
        "SELECT retry_count, last_run_status FROM orion_schedule"
        " WHERE channel_id = %s AND job_type = 'order_import'",
        channel,
    )
    assert schedule == [(0, "success")]


def test_a_key_is_entered_while_a_worker_writes_of_the_trouble(
    store: Store, marketplace: LetzshopSandbox, channel: int
) -> None:
    """Who enters the key began before the worker ended: Odoo repeats it, and logs no error."""
    store.query(
        "INSERT INTO orion_circuit (channel_id, company_id, state, failure_count, notified)"
        " SELECT id, company_id, 'open', 3, TRUE FROM orion_channel WHERE id = %s"
        " ON CONFLICT (channel_id) DO UPDATE SET state = 'open', failure_count = 3",
        channel,
    )
    writing = "UPDATE orion_circuit SET failure_count = 4 WHERE channel_id = %s"
    _call_meanwhile(store, writing, channel, "set_credentials", api_key=marketplace.api_key)
    circuit = store.query(
        "SELECT state, failure_count FROM orion_circuit WHERE channel_id = %s", channel
    )
    assert circuit == [("closed", 0)]


def test_a_schedule_is_switched_off_while_a_worker_writes_how_a_run_went(
    store: Store, channel: int
) -> None:
    store.query(
        "UPDATE orion_schedule SET enabled = TRUE, next_run_at = now() + interval '1 day'"
        " WHERE channel_id = %s AND job_type = 'order_import'",
        channel,
    )
    writing = "UPDATE orion_schedule SET last_run_status = 'partial' WHERE channel_id = %s"
    _call_meanwhile(store, writing, channel, "write", vals={"auto_sync_enabled": False})
    schedule = store.query(
        "SELECT enabled, last_run_status FROM orion_schedule"
        " WHERE channel_id = %s AND job_type = 'order_import'",
        channel,
    )
    assert schedule == [(False, "partial")]


def test_a_connection_is_tested_while_a_worker_writes_that_it_is_in_trouble(
    store: Store, channel: int
) -> None:
    writing = "UPDATE orion_channel SET state = 'error' WHERE id = %s"
    _call_meanwhile(store, writing, channel, "test_connection")
    assert store.query("SELECT state FROM orion_channel WHERE id = %s", channel) == [("connected",)]


def _call_meanwhile(
    store: Store, statement: str, channel: int, method: str, **arguments: Any
) -> None:
    """A person's call that begins before a worker's statement is committed, and ends after it."""
    with ThreadPoolExecutor(1) as people:
        with store.stage.databases.transaction(store.database) as worker:
            worker.execute(statement, (channel,))
            called = people.submit(
                store.client().call, "orion.channel", method, [channel], **arguments
            )
            store.wait_for(
                "SELECT count(*) > 0 FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
        called.result()


def _failures(store: Store, channel: int) -> int:
    rows = store.query("SELECT failure_count FROM orion_circuit WHERE channel_id = %s", channel)
    return int(rows[0][0]) if rows else 0
