"""A marketplace that hangs holds up itself only, even where two workers are all there is."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from sandbox import LetzshopSandbox
from tests.support.stage import Stage
from tests.support.store import Store, confirmed_once

HANG_SECONDS = 28
MOST_DELAY = 10
ROUNDS = 6


@pytest.fixture(scope="module")
def store(stage: Stage) -> Iterator[Store]:
    with stage.clone() as database, stage.running(database, max_cron_threads=2) as servers:
        yield Store(stage, servers)


def test_others_go_on_while_a_channel_hangs(store: Store) -> None:
    with LetzshopSandbox(orders=0, history=0) as hanging, LetzshopSandbox(orders=0) as healthy:
        stuck = hanging.control.add_orders(3, lines=1)
        good = healthy.control.add_orders(ROUNDS, lines=1)
        store.stock_up(hanging, healthy)
        slow, quick = store.connect(hanging, name="Hangs"), store.connect(healthy, name="Works")
        for channel in (slow, quick):
            assert store.import_orders(channel)["success"]
        hanging.control.arm("hang", seconds=HANG_SECONDS, times=None)
        began = time.monotonic()
        store.confirm(store.orders(slow))
        sent = "SELECT count(*) > 0 FROM orion_operation WHERE channel_id = %s AND status = %s"
        store.wait_for(f"{sent} AND sent_at IS NOT NULL", slow, "processing", seconds=20)

        for order in store.orders(quick):
            _confirm_beside_an_import(store, healthy, quick, order)
        # what was measured was measured while the other one hung
        assert (
            store.query(sent, slow, "processing")[0][0] or time.monotonic() - began > HANG_SECONDS
        )
        _assert_in_time(store, quick)
        confirmed_once(healthy, good)

        # and the one that hung catches up, once it answers again
        hanging.control.clear_faults()
        store.wait_for(
            "SELECT count(*) = 0 FROM orion_operation"
            " WHERE channel_id = %s AND status = 'processing'",
            slow,
            seconds=2 * HANG_SECONDS,
        )
        store.let_time_pass()
        store.settle(seconds=90)
        confirmed_once(hanging, stuck)


def _confirm_beside_an_import(
    store: Store, marketplace: LetzshopSandbox, channel: int, order: int
) -> None:
    """Confirm an order and read the history with a new one; until both are done."""
    late = marketplace.control.add_orders(1, lines=1)[0]
    store.confirm([order])
    store.client().call("orion.channel", "import_history", [channel])
    store.wait_for(
        "SELECT count(*) = 1 FROM orion_operation"
        " WHERE res_id = %s AND status = 'completed' AND applied",
        order,
        seconds=20,
    )
    store.wait_for(
        "SELECT count(*) = 1 FROM sale_order WHERE orion_external_id = %s", late, seconds=20
    )


def _assert_in_time(store: Store, channel: int) -> None:
    delays = store.query(
        "SELECT EXTRACT(EPOCH FROM completed_at - create_date)::float FROM orion_operation"
        " WHERE channel_id = %s",
        channel,
    )
    runs = store.query(
        "SELECT EXTRACT(EPOCH FROM completed_at - create_date)::float FROM orion_sync_log"
        " WHERE channel_id = %s AND operation_type = 'order_history'",
        channel,
    )
    assert len(delays) == len(runs) == ROUNDS
    assert max(seconds for (seconds,) in delays + runs) < MOST_DELAY
