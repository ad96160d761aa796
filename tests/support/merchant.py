"""A merchant's channel to the sandbox Letzshop, in a database of its own."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import Any

from sandbox import LetzshopSandbox
from tests.support.stage import Stage
from tools.configuration import write_configuration
from tools.settings import REPOSITORY

_CONNECT = """
import json
channel = env["orion.channel"].create({{
    "name": {name!r}, "marketplace": "letzshop", "api_endpoint": {endpoint!r},
}})
channel.set_credentials(api_key={key!r})
channel.write({{"state": "connected"}})
env.cr.commit()
print("ANSWER", json.dumps(channel.id))
"""
_IMPORT = """
import json
result = env["orion.channel"].browse({channel}).import_orders()
print("ANSWER", json.dumps(result))
"""
_DECIDE = """
import json
orders = env["sale.order"].search([("orion_channel_id", "=", {channel})])
unknown = orders.order_line.filtered("orion_needs_product_match")
unknown.product_id = env["product.product"].create({{"name": "Anything", "is_storable": True}})
for order in orders:
    order.{method}({arguments})
env.cr.commit()
print("ANSWER", json.dumps(orders.ids))
"""


@dataclass
class Merchant:
    """What the tests do with one database and one sandbox."""

    stage: Stage
    database: str
    marketplace: LetzshopSandbox

    def connect(self, name: str = "Letzshop", endpoint: str | None = None) -> int:
        """A channel with the merchant's key; answers its id."""
        script = _CONNECT.format(
            name=name,
            endpoint=endpoint or self.marketplace.endpoint,
            key=self.marketplace.api_key,
        )
        return int(self.stage.shell(self.database, script))

    def import_orders(self, channel: int) -> Any:
        """What `import_orders` answers."""
        return self.stage.shell(self.database, _IMPORT.format(channel=channel))

    def confirm_all(self, channel: int) -> list[int]:
        """Enqueue the confirmation of every order; unknown products become any one."""
        script = _DECIDE.format(channel=channel, method="orion_confirm", arguments="")
        return list(self.stage.shell(self.database, script))

    def query(self, statement: str, *parameters: Any) -> list[Any]:
        """Rows of one statement, committed."""
        return self.stage.databases.query(self.database, statement, parameters)

    def let_time_pass(self) -> None:
        """Every lease, wait and pause is over, as if the time had passed."""
        self.query(
            "UPDATE orion_operation SET next_attempt_at = NULL, apply_after = NULL,"
            " lease_until = CASE WHEN lease_until IS NULL THEN NULL"
            " ELSE now() AT TIME ZONE 'UTC' - interval '1 second' END"
        )
        self.query("UPDATE orion_circuit SET next_probe_at = NULL")

    def worker(
        self, kill_at: str | None = None, seconds: float = 240, wait: bool = True
    ) -> subprocess.Popen[str]:
        """A worker in a process of its own; ended when `wait` is true."""
        configuration = write_configuration(
            self.stage.environment,
            self.stage.postgres,
            self.database,
            {"log_level": "warn"},
            f"worker-{self.database}",
        )
        command = [
            str(self.stage.environment.settings.python),
            "-m",
            "tests.support.worker_process",
            "--config",
            str(configuration),
            "--database",
            self.database,
            "--seconds",
            str(seconds),
        ]
        if kill_at:
            command += ["--kill-at", kill_at]
        process = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=dict(os.environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if wait:
            process.communicate(timeout=seconds + 120)
        return process
