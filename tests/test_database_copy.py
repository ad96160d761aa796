"""A copy of the database with a server of its own tells the marketplaces nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

from sandbox import LetzshopSandbox
from tests.support.stage import Stage
from tests.support.store import Store, confirmed_once

ORDERS = 4
ROUNDS = 6
PAUSED = "Marketplace work is paused: this database looks like a copy"


def test_a_copy_sends_nothing_until_a_manager_confirms_it(
    stage: Stage, database: str, tmp_path: Path
) -> None:
    with LetzshopSandbox(orders=0, history=0) as marketplace:
        shipments = marketplace.control.add_orders(ORDERS, lines=1)
        with stage.running(database, max_cron_threads=0) as servers:
            original = Store(stage, servers)
            original.stock_up(marketplace)
            channel = original.connect(marketplace)
            assert original.import_orders(channel)["orders_imported"] == ORDERS
            original.confirm(original.orders(channel))
            original.schedule(channel)
        marketplace.control.clear_requests()

        data = _data_folder_with_keys(stage, tmp_path)
        with (
            stage.clone(database) as copy,
            stage.running(copy, max_cron_threads=2, options={"data_dir": str(data)}) as servers,
        ):
            restored = Store(stage, servers)
            _assert_silent(restored, marketplace, channel)

            client = restored.client()
            client.call("orion.channel", "action_confirm_instance", [channel])
            assert not client.call("orion.dashboard", "get_dashboard")["pause_reason"]
            restored.settle()
            confirmed_once(marketplace, shipments)
            assert restored.import_orders(channel)["success"]


def _data_folder_with_keys(stage: Stage, folder: Path) -> Path:
    """The copy's server can read the secrets: it is not a missing key that keeps it quiet."""
    data = folder / "data"
    (data / "orion").mkdir(parents=True, mode=0o700)
    for key in (stage.environment.settings.data / "orion").glob("*.key"):
        shutil.copy2(key, data / "orion")
    return data


def _assert_silent(store: Store, marketplace: LetzshopSandbox, channel: int) -> None:
    """Crons come by, people press buttons: nothing is sent, and everybody is told why."""
    client = store.client()
    log = store.servers[0].log_file

    def crons_came_by() -> bool:
        store.wake()
        return log.read_text("utf-8").count(PAUSED) >= ROUNDS

    store.wait_until(crons_came_by, "workers that see that it is a copy")
    refused = store.import_orders(channel)
    assert refused["success"] is False
    assert "restored, moved or copied" in refused["message"], refused
    (tested,) = client.call("orion.channel", "test_connection", [channel])
    assert tested["success"] is False

    assert marketplace.control.requests() == []
    assert marketplace.control.effects()["units"] == {}
    waiting = store.query("SELECT DISTINCT status, COALESCE(attempts, 0) FROM orion_operation")
    assert waiting == [("pending", 0)]
    dashboard = client.call("orion.dashboard", "get_dashboard")
    assert "confirm it in the settings" in dashboard["pause_reason"]
    (read,) = client.read(
        "orion.channel", [("id", "=", channel)], ["pause_reason", "is_unconfirmed_copy"]
    )
    assert read["is_unconfirmed_copy"]
    assert read["pause_reason"] == dashboard["pause_reason"]
