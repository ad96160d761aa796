"""A worker killed by SIGKILL in the middle of a feed goes on behind the last whole batch."""

from __future__ import annotations

import signal

from sandbox import LetzshopSandbox
from tests.support.merchant import Merchant
from tests.support.stage import Stage

_ROWS = 250
_START = """
import base64, json
channel = env["orion.channel"].create({"name": "Feeds", "marketplace": "letzshop"})
lines = ["id,title,price"] + [f"P{number},Pen {number},1.50" for number in range(250)]
lines.insert(120, "bad,Pen,free")
answer = env["orion.import.job"].start_import(
    channel_id=channel.id, language="fr", batch_size=100,
    content_base64=base64.b64encode("\\n".join(lines).encode()).decode(),
)
env.cr.commit()
print("ANSWER", json.dumps(answer["job_id"]))
"""
_STATE = (
    "SELECT status, total_processed, imported_count, unchanged_count, error_count"
    " FROM orion_import_job"
)
_STAGED = "SELECT count(*), count(DISTINCT external_id) FROM orion_marketplace_product"
_ERRORS = "SELECT count(*) FROM orion_import_error"


def test_import_goes_on_behind_the_last_batch(
    stage: Stage, database: str, marketplace: LetzshopSandbox
) -> None:
    merchant = Merchant(stage, database, marketplace)
    stage.shell(database, _START)
    killed = merchant.worker(kill_at="within second job step")
    assert killed.returncode == -signal.SIGKILL
    assert merchant.query(_STATE) == [("processing", 100, 100, 0, 0)]
    assert merchant.query(_STAGED) == [(100, 100)]
    merchant.let_time_pass()
    assert merchant.worker().returncode == 0
    # nothing was read twice: what is staged a second time would count as unchanged
    assert merchant.query(_STATE) == [("completed_with_errors", 251, _ROWS, 0, 1)]
    assert merchant.query(_STAGED) == [(_ROWS, _ROWS)]
    assert merchant.query(_ERRORS) == [(1,)]
    assert merchant.query("SELECT count(*) FROM orion_import_row") == [(0,)]
