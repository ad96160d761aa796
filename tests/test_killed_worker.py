"""A worker killed by SIGKILL at any point: nothing is lost, and nothing happens twice."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sandbox import LetzshopSandbox
from tests.support.merchant import Merchant
from tests.support.stage import Stage

ORDERS = 6

OUTBOX_POINTS = [
    "before claim",
    "after claim",
    "after sent_at",
    "before answer is kept",
    "within outcome",
    "after outcome",
    "before log is closed",
    "within consequence",
    "after consequence",
]
#: Where the worker dies that takes up what a first one left behind: after the marketplace was
#: told, or before it was.
TOLD, UNTOLD = "before answer is kept", "after sent_at"
SETTLING_POINTS = [
    (TOLD, "before recovery"),
    (TOLD, "within recovery"),
    (TOLD, "after recovery"),
    (TOLD, "before claim of unknown"),
    (TOLD, "after claim of unknown"),
    (TOLD, "before question"),
    (TOLD, "before answer is kept"),
    (TOLD, "within outcome"),
    (TOLD, "after outcome"),
    (TOLD, "before log is closed"),
    (UNTOLD, "before answer is kept"),
    (UNTOLD, "after outcome"),
]
JOB_POINTS = ["before job step", "within job step", "before job ends", "after job"]


@dataclass(frozen=True)
class Prepared:
    """A shop that is copied for each test, as everything before the first kill is the same."""

    database: str
    channel: int


@pytest.fixture(scope="module")
def marketplace() -> Iterator[LetzshopSandbox]:
    """Undecided orders only, all of the first vendor."""
    with LetzshopSandbox(orders=0, history=0) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def connected(stage: Stage, marketplace: LetzshopSandbox) -> Iterator[Prepared]:
    """A shop that has imported nothing yet."""
    with stage.clone() as database:
        yield Prepared(database, Merchant(stage, database, marketplace).connect())


@pytest.fixture(scope="module")
def confirming(
    stage: Stage, connected: Prepared, marketplace: LetzshopSandbox
) -> Iterator[Prepared]:
    """A shop that has asked for the confirmation of all orders; nobody has been told yet."""
    with stage.clone(connected.database) as database:
        merchant = _open(stage, database, marketplace, ORDERS)
        merchant.import_orders(connected.channel)
        merchant.confirm_all(connected.channel)
        merchant.query("UPDATE orion_schedule SET enabled = FALSE")
        yield Prepared(database, connected.channel)


@pytest.fixture
def shop(
    stage: Stage, confirming: Prepared, marketplace: LetzshopSandbox
) -> Iterator[tuple[Merchant, int]]:
    """A copy of the confirming shop, and its channel; the marketplace starts anew."""
    with stage.clone(confirming.database) as database:
        yield _open(stage, database, marketplace, ORDERS), confirming.channel


def _open(stage: Stage, database: str, marketplace: LetzshopSandbox, orders: int) -> Merchant:
    """A shop beside the same orders each time: the sandbox makes them from a seed.

    :param database: a copy, which is the real one from now on.
    """
    marketplace.control.reset(orders=0, history=0)
    marketplace.control.add_orders(orders, lines=2, quantity=1)
    merchant = Merchant(stage, database, marketplace)
    merchant.query("DELETE FROM ir_config_parameter WHERE key = 'orion_base.instance'")
    return merchant


@pytest.mark.parametrize("point", OUTBOX_POINTS)
def test_confirmations_survive_a_kill(shop: tuple[Merchant, int], point: str) -> None:
    merchant, channel = shop
    _kill(merchant, point)
    _assert_confirmed_once(merchant, channel)


@pytest.mark.parametrize(("first", "point"), SETTLING_POINTS)
def test_confirmations_survive_a_kill_while_they_are_settled(
    shop: tuple[Merchant, int], first: str, point: str
) -> None:
    merchant, channel = shop
    _kill(merchant, first)
    _kill(merchant, point)
    _assert_confirmed_once(merchant, channel)


def test_single_confirmation_survives_a_kill(
    stage: Stage, connected: Prepared, marketplace: LetzshopSandbox
) -> None:
    with stage.clone(connected.database) as database:
        merchant = _open(stage, database, marketplace, 1)
        merchant.import_orders(connected.channel)
        merchant.confirm_all(connected.channel)
        merchant.query("UPDATE orion_schedule SET enabled = FALSE")
        _kill(merchant, "within single consequence")
        _assert_confirmed_once(merchant, connected.channel, orders=1)


def _kill(merchant: Merchant, point: str) -> None:
    assert merchant.worker(kill_at=point).returncode == -signal.SIGKILL
    merchant.let_time_pass()


def _assert_confirmed_once(merchant: Merchant, channel: int, orders: int = ORDERS) -> None:
    """A worker that nobody kills ends what was begun; nothing is missing or there twice."""
    assert merchant.worker().returncode == 0
    operations = merchant.query("SELECT status, applied FROM orion_operation")
    assert operations == [("completed", True)] * orders
    effects = merchant.marketplace.control.effects()
    assert {unit["confirmed"] for unit in effects["units"].values()} == {1}
    assert len(effects["units"]) == orders * 2
    assert not any(unit.get("duplicates") for unit in effects["units"].values())
    states = merchant.query(
        "SELECT o.state, count(p.id) FROM sale_order o"
        " LEFT JOIN stock_picking p ON p.sale_id = o.id"
        " WHERE o.orion_channel_id = %s GROUP BY o.id",
        channel,
    )
    assert states == [("sale", 1)] * orders
    # history holds each change once
    history = merchant.query(
        "SELECT order_id, count(*) FROM orion_order_status_history"
        " WHERE to_status = 'confirmed' GROUP BY order_id"
    )
    assert [number for _order, number in history] == [1] * orders


@pytest.mark.parametrize("point", JOB_POINTS)
def test_import_survives_a_kill(
    stage: Stage, connected: Prepared, marketplace: LetzshopSandbox, point: str
) -> None:
    with stage.clone(connected.database) as database:
        merchant = _open(stage, database, marketplace, ORDERS)
        _assert_imported_once(merchant, connected.channel, point)


def _assert_imported_once(merchant: Merchant, channel: int, point: str) -> None:
    merchant.query(
        "UPDATE orion_schedule SET enabled = TRUE, next_run_at = now() AT TIME ZONE 'UTC'"
        " WHERE channel_id = %s AND job_type = 'order_import'",
        channel,
    )
    killed = merchant.worker(kill_at=point)
    assert killed.returncode == -signal.SIGKILL
    assert merchant.worker().returncode == 0

    orders = merchant.query(
        "SELECT count(*), count(DISTINCT orion_external_id) FROM sale_order"
        " WHERE orion_channel_id = %s",
        channel,
    )
    assert orders == [(ORDERS, ORDERS)]
    runs = merchant.query(
        "SELECT status FROM orion_sync_log WHERE status IN ('pending', 'running')"
    )
    assert runs == []
