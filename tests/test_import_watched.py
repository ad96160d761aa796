"""A large feed is watched while a worker imports it: the open form follows, and ends complete."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

from tests.support.browser import browsing
from tests.support.stage import Stage

_ROWS = 100_000
#: Keeps what the form shows of the rows done, each number once.
_WATCH = """
    window.seen = [];
    setInterval(() => {
        const field = document.querySelector(".o_form_view [name=total_processed]");
        const text = (field?.innerText || "").replace(/[^0-9]/g, "");
        if (text && Number(text) !== window.seen.at(-1)) window.seen.push(Number(text));
    }, 50);
    true
"""
_OPEN = """
    window.odoo.__WOWL_DEBUG__.root.env.services.action.doAction({
        type: "ir.actions.act_window", res_model: "orion.import.job", res_id: JOB,
        views: [[false, "form"]],
    }).then(() => true)
"""
_STATUS = 'document.querySelector(".o_arrow_button_current")?.innerText.trim()'


def _feed() -> str:
    lines = ["id,title,price,description,brand,availability"]
    lines += [
        f"P{number},Pen {number},{number % 90 + 1}.50,A pen with number {number},Acme,in stock"
        for number in range(_ROWS)
    ]
    return base64.b64encode("\n".join(lines).encode()).decode()


def test_a_large_feed_is_watched(stage: Stage, tmp_path: Path) -> None:
    kept = Path(os.environ.get("ORION_SCREENSHOTS", tmp_path))
    with stage.clone() as database, stage.running(database) as (server,):
        client = stage.xml_rpc(server)
        (channel,) = client.create("orion.channel", [{"name": "Feeds", "marketplace": "letzshop"}])
        with browsing(server) as page:
            page.open("/odoo/marketplace-imports")
            page.wait_for("!!window.odoo?.__WOWL_DEBUG__?.root?.env.services.action")
            page.run(_WATCH)
            answer = client.call(
                "orion.import.job",
                "start_import",
                channel_id=channel,
                language="fr",
                content_base64=_feed(),
            )
            page.run(_OPEN.replace("JOB", str(answer["job_id"])))
            page.wait_for("window.seen.length > 2")
            page.screenshot(kept / "import_watched.png")
            page.wait_for(f"{_STATUS} === 'Completed'", 120)
            page.wait_for(f"window.seen.at(-1) === {_ROWS}")
            seen = json.loads(str(page.run("JSON.stringify(window.seen)")))
            page.screenshot(kept / "import_ended.png")
        (job,) = client.read(
            "orion.import.job",
            [("id", "=", answer["job_id"])],
            ["status", "imported_count", "error_count", "progress"],
        )
    assert seen == sorted(seen), "it never goes back"
    assert len([rows for rows in seen if 0 < rows < _ROWS]) >= 2
    assert seen[-1] == _ROWS
    assert (job["status"], job["imported_count"], job["error_count"]) == ("completed", _ROWS, 0)
    assert job["progress"] == 100
