"""Eight processes give keys to 1,000 orders from a pool of 900, and some are killed meanwhile."""

from __future__ import annotations

import json
import os
import signal
import subprocess

import pytest

from tests.support.key_process import DEATHS, LIVED, WORKERS
from tests.support.stage import Stage
from tools.configuration import write_configuration
from tools.settings import REPOSITORY

ORDERS = int(os.environ.get("ORION_KEYS_ORDERS", "1000"))


@pytest.mark.parametrize(("orders", "real_mails"), [(ORDERS, False), (120, True)])
def test_each_key_is_given_once_whoever_dies(
    stage: Stage, database: str, orders: int, real_mails: bool
) -> None:
    """900 delivered, each key once, 100 waiting, none lost; and some with the e-mails of the
    product, each with its key."""
    keys = orders * 9 // 10
    options = {"orders": orders, "keys": keys, "real_mails": real_mails}
    configuration = write_configuration(
        stage.environment, stage.postgres, database, {"log_level": "error"}, f"keys-{database}"
    )
    done = subprocess.run(
        [
            str(stage.environment.settings.python), "-m", "tests.support.key_process",
            "--config", str(configuration), "--database", database,
            "--options", json.dumps(options),
        ],
        cwd=REPOSITORY, text=True, capture_output=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Traceback" not in done.stderr, done.stderr[-3000:]
    answer = json.loads(done.stdout.rpartition("ANSWER ")[2])
    print(answer["took"], answer["before"])

    ends = {int(number): end for number, end in answer["ends"].items()}
    # one dies while it sends, the first worker when it has claimed: if the others leave them so
    # much
    for lucky in (2, WORKERS[0]):
        assert ends.pop(lucky) in (-signal.SIGKILL, LIVED), answer["ends"]
    dead = {number for number, end in ends.items() if end == -signal.SIGKILL}
    assert dead == set(DEATHS) - {2, WORKERS[0]}, answer["ends"]
    assert all(ends[number] == 0 for number in ends.keys() - dead), answer["ends"]
    after = answer["after"]
    assert after["pieces"] == {"delivered": keys, "waiting": orders - keys}
    assert after["keys"] == {"delivered": [keys, keys]}
    assert after["pairs"] == keys
    assert after["statuses"] == {"fulfilled": keys, "confirmed": orders - keys}
    assert after["most_fulfilled"] == 1
    # what was claimed is told once, though some died between claiming and sending
    if real_mails:
        assert all(len(found) == 1 for found in answer["keys_in_mails"])
        assert len({found for [found] in answer["keys_in_mails"]}) == keys
        assert len(answer["keys_in_mails"]) == keys
    else:
        assert after["mails"] == after["mailed"] == keys
