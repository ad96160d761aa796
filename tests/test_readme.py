"""The script that README.md prints does what the page says."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.stage import Stage
from tools import demo
from tools.rpc import XmlRpcClient
from tools.sandbox_server import SandboxServer
from tools.server import OdooServer
from tools.settings import REPOSITORY

PAGE = REPOSITORY / "README.md"
TRACKING = "XP8230522066LU"


def script() -> str:
    (found,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    """A marketplace with a catalogue, and no orders yet."""
    with SandboxServer("--orders=0", "--history=0") as started:
        yield started


@pytest.fixture
def odoo(stage: Stage, database: str) -> Iterator[OdooServer]:
    with stage.running(database) as (server,):
        yield server


def test_the_script_is_ten_lines_behind_its_import() -> None:
    assert len(script().strip().splitlines()) == 11


def test_the_script_imports_confirms_refuses_and_tracks(
    odoo: OdooServer, sandbox: SandboxServer
) -> None:
    client = XmlRpcClient(odoo.url, odoo.database)
    demo.populate(client, sandbox)
    # More than two, as some goods of the marketplace are in nobody's books.
    shipments = sandbox.control("POST", "orders", count=8, lines=2)["shipments"]
    source = script().replace("http://127.0.0.1:8069", odoo.url)
    source = source.replace("orion_demo", odoo.database)
    assert odoo.url in source
    assert odoo.database in source

    result = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, timeout=180, check=False
    )

    assert result.returncode == 0, result.stderr
    wanted = {("sale", "shipped", TRACKING), ("cancel", "cancelled", False)}
    deadline = time.monotonic() + 60
    while outcomes(client, shipments) != wanted and time.monotonic() < deadline:
        time.sleep(0.5)
    assert outcomes(client, shipments) == wanted
    totals = sandbox.control("GET", "effects")["totals"]
    told = {name: totals[name] for name in ("confirmed", "refused", "duplicates", "tracking")}
    assert told == {"confirmed": 2, "refused": 2, "duplicates": 0, "tracking": 1}


def outcomes(client: XmlRpcClient, shipments: list[str]) -> set[tuple[object, ...]]:
    fields = ["state", "orion_status", "orion_tracking_number"]
    orders = client.read("sale.order", [("orion_external_id", "in", shipments)], fields)
    assert len(orders) == len(shipments)
    decided = [order for order in orders if order["orion_status"] != "pending"]
    return {tuple(order[name] for name in fields) for order in decided}


@pytest.mark.parametrize(
    "page", [PAGE, *sorted((REPOSITORY / "docs").glob("*.md"))], ids=lambda page: page.name
)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(
        r"\]\((?!https?://|#)([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")
    )
    missing = [link for link in links if not (page.parent / link).exists()]
    assert not missing
