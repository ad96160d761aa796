"""People and workers who change the same keys, orders and channels: nobody waits for nothing, what
must be begun anew is, and none of it is an error in the log."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from tests.support.stage import Stage
from tools.configuration import write_configuration
from tools.settings import REPOSITORY

_LEFT = {"outgoing": 1}
#: What each case of `tests.support.key_collisions` is to find.
EXPECTED: dict[str, Any] = {
    "a_person_imports_keys": [1, 2],
    "a_person_saves_a_product": 2,
    "the_regular_look": 2,
    "buying": "anew",
    "a_person_cancels_an_order": "anew",
    "what_follows_from_an_answer": ["anew", "anew"],
    "sending_of_what_was_claimed": 3,
    "a_mail_whose_order_is_worked_on": [[_LEFT, _LEFT, {}], 3, True],
    "a_person_saves_a_channel": "anew",
    "the_balance_is_told": "anew",
    "an_offer_is_told_of_or_changed": ["anew", "anew"],
    "a_step_of_the_catalogue": ["done", "anew", "anew"],
    "a_place_moves_while_stock_is_compared": ["anew", "anew"],
}


@pytest.fixture(scope="module")
def answer(stage: Stage) -> dict[str, Any]:
    """What came of all cases; one Odoo for all of them."""
    with stage.clone() as database:
        configuration = write_configuration(
            stage.environment, stage.postgres, database, {"log_level": "warn"}, f"keys-{database}"
        )
        done = subprocess.run(
            [
                str(stage.environment.settings.python), "-m", "tests.support.key_collisions",
                "--config", str(configuration), "--database", database,
            ],
            cwd=REPOSITORY, text=True, capture_output=True, timeout=300, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.rpartition("ANSWER ")[2])
    return found


@pytest.mark.parametrize("case", EXPECTED)
def test_who_meets_somebody_else(answer: dict[str, Any], case: str) -> None:
    assert answer[case] == {"found": EXPECTED[case], "logged": []}
