"""Two processes ask a supplier on one account: together they keep to its limits."""

from __future__ import annotations

import json
import subprocess

from sandbox import CodesWholesaleSandbox
from tests.support.limit_process import PROCESSES, TURNS
from tests.support.stage import Stage
from tools.configuration import write_configuration
from tools.settings import REPOSITORY

#: What the stand-in allows: each process for itself would ask for more at once.
MOST, SECONDS, PAGES = 80, 2.0, 45


def test_processes_share_the_limits_of_an_account(stage: Stage, database: str) -> None:
    configuration = write_configuration(
        stage.environment, stage.postgres, database, {"log_level": "warn"}, f"limits-{database}"
    )
    with CodesWholesaleSandbox(products=5) as supplier:
        supplier.control.limit("products", MOST, SECONDS)
        options = {
            "endpoint": supplier.endpoint,
            "key": f"{supplier.client_id}:{supplier.client_secret}",
            "pages": PAGES,
            "most": MOST,
            "seconds": SECONDS,
        }
        done = subprocess.run(
            [
                str(stage.environment.settings.python), "-m", "tests.support.limit_process",
                "--config", str(configuration), "--database", database,
                "--options", json.dumps(options),
            ],
            cwd=REPOSITORY, text=True, capture_output=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        assert "Traceback" not in done.stderr, done.stderr[-3000:]
        effects = supplier.control.effects()
    answer = json.loads(done.stdout.rpartition("ANSWER ")[2])
    # no turn is given twice, and none is lost
    assert sum(answer["turns"]) == TURNS, answer
    assert answer["pages"] == [PAGES] * PROCESSES
    assert effects["requests"]["products"] == PAGES * PROCESSES
    # the supplier never had to say that it was too much
    assert set(effects["limited"].values()) == {0}, effects["limited"]
