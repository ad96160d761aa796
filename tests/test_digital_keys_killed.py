"""Eight processes give keys to 1,000 orders from a pool of 900, and some are killed meanwhile."""

from __future__ import annotations

import json
import os
import signal
import subprocess

from tests.support.key_process import DEATHS, LIVED
from tests.support.stage import Stage
from tools.configuration import write_configuration
from tools.settings import REPOSITORY

ORDERS = int(os.environ.get("ORION_KEYS_ORDERS", "1000"))
KEYS = ORDERS * 9 // 10


def test_each_key_is_given_once_whoever_dies(stage: Stage, database: str) -> None:
    """900 delivered, each key once, 100 waiting, none lost."""
    configuration = write_configuration(
        stage.environment, stage.postgres, database, {"log_level": "error"}, f"keys-{database}"
    )
    done = subprocess.run(
        [
            str(stage.environment.settings.python), "-m", "tests.support.key_process",
            "--config", str(configuration), "--database", database,
            "--options", json.dumps({"orders": ORDERS, "keys": KEYS}),
        ],
        cwd=REPOSITORY, text=True, capture_output=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Traceback" not in done.stderr, done.stderr[-3000:]
    answer = json.loads(done.stdout.rpartition("ANSWER ")[2])
    print(answer["took"], answer["before"])

    ends = {int(number): end for number, end in answer["ends"].items()}
    # the third one dies while it sends, if the others have left it so much
    assert ends.pop(2) in (-signal.SIGKILL, LIVED), answer["ends"]
    dead = {number for number, end in ends.items() if end == -signal.SIGKILL}
    assert dead == set(DEATHS) - {2}, answer["ends"]
    assert all(ends[number] == 0 for number in ends.keys() - dead), answer["ends"]
    after = answer["after"]
    assert after["pieces"] == {"delivered": KEYS, "waiting": ORDERS - KEYS}
    assert after["keys"] == {"delivered": [KEYS, KEYS]}
    assert after["pairs"] == KEYS
    assert after["statuses"] == {"fulfilled": KEYS, "confirmed": ORDERS - KEYS}
    assert after["most_fulfilled"] == 1
    # what was claimed is told once, though some died between claiming and sending
    assert after["mails"] == after["mailed"] == KEYS
