"""The addons in an Odoo that was set up by somebody else, from its own command line."""

from __future__ import annotations

import ast
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox import LetzshopSandbox
from tests.support.stage import Stage
from tools import log_check, templates
from tools.ports import HOST, free_port
from tools.rpc import XmlRpcClient
from tools.settings import REPOSITORY

ADDONS = (
    "orion_base",
    "orion_orders",
    "orion_marketplace_import",
    "orion_shipping_labels",
    "orion_inventory_sync",
    "orion_letzshop",
)
_START_SECONDS = 180


class PlainOdoo:
    """Odoo's own command in a folder of its own, with an addons_path and a database, no more."""

    def __init__(self, stage: Stage, database: str, folder: Path) -> None:
        self.stage = stage
        self.database = database
        self.folder = folder
        self.port = free_port()
        self.log = folder / "odoo.log"
        paths = [*stage.environment.odoo.addons_paths, REPOSITORY]
        self.command = [
            str(stage.environment.settings.python), "-m", "odoo",
            f"--addons-path={','.join(str(path) for path in paths)}",
            f"--database={database}", f"--data-dir={folder / 'data'}", f"--logfile={self.log}",
            *(f"--{name}={value}" for name, value in stage.postgres.odoo_options.items()),
        ]  # fmt: skip
        self.variables = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("ORION_", "ODOO_", "PYTHON", "PG"))
        } | {"HOME": str(folder)}

    def install(self, module: str) -> None:
        """Install a module; the log holds no warning then."""
        subprocess.run(
            [*self.command, f"--init={module}", "--stop-after-init", "--no-http"],
            cwd=self.folder,
            env=self.variables,
            check=True,
            capture_output=True,
        )
        assert log_check.unexpected(self.log) == []

    @contextmanager
    def serving(self) -> Iterator[str]:
        """A server with Odoo's defaults; gives its address."""
        process = subprocess.Popen(
            [*self.command, f"--http-port={self.port}", f"--http-interface={HOST}"],
            cwd=self.folder,
            env=self.variables,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        url = f"http://{HOST}:{self.port}"
        try:
            deadline = time.monotonic() + _START_SECONDS
            while not _answers(url):
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.2)
            yield url
            with self.stage.at_rest(self.database):
                _stop(process)
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/web/health", timeout=30) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture
def plain_odoo(stage: Stage, tmp_path: Path) -> Iterator[PlainOdoo]:
    """On a database with Odoo's own modules, where nothing of the suite was ever installed."""
    base, _with_addons = templates.names(stage.environment)
    with stage.clone(base) as database:
        yield PlainOdoo(stage, database, tmp_path)


def test_installs_and_works_from_a_plain_addons_path(plain_odoo: PlainOdoo) -> None:
    plain_odoo.install("orion_letzshop")
    with LetzshopSandbox(orders=0, history=0) as marketplace, plain_odoo.serving() as url:
        (shipment,) = marketplace.control.add_orders(1, lines=1)
        (unit,) = marketplace.control.shipment(shipment)["units"]
        client = XmlRpcClient(url, plain_odoo.database)
        installed = client.search(
            "ir.module.module", [("name", "in", ADDONS), ("state", "=", "installed")]
        )
        assert len(installed) == len(ADDONS)
        client.create(
            "product.product",
            [{"name": "Sold", "default_code": unit["sku"], "is_storable": True}],
        )
        values = {
            "name": "Letzshop", "marketplace": "letzshop", "api_endpoint": marketplace.endpoint,
        }  # fmt: skip
        (channel,) = client.create("orion.channel", [values])
        client.call("orion.channel", "set_credentials", [channel], api_key=marketplace.api_key)
        (tested,) = client.call("orion.channel", "test_connection", [channel])
        assert tested["success"], tested
        assert client.call("orion.channel", "import_orders", [channel])["orders_imported"] == 1

        orders = client.search("sale.order", [("orion_channel_id", "=", channel)])
        assert client.call("sale.order", "orion_confirm", orders)["success"]
        deadline = time.monotonic() + 90
        while client.read("sale.order", [("id", "in", orders)], ["state"])[0]["state"] != "sale":
            assert time.monotonic() < deadline
            time.sleep(0.5)
        assert marketplace.control.effects([shipment])["units"][unit["id"]]["confirmed"] == 1
    assert log_check.unexpected(plain_odoo.log) == []


@pytest.mark.parametrize("addon", ADDONS)
def test_requirements_name_what_the_manifests_need(addon: str) -> None:
    manifest = ast.literal_eval((REPOSITORY / addon / "__manifest__.py").read_text("utf-8"))
    needed = set(manifest.get("external_dependencies", {}).get("python", []))
    lines = (REPOSITORY / "requirements.txt").read_text("utf-8").splitlines()
    named = {
        _normal(match[0]) for line in lines if (match := re.match(r"[A-Za-z0-9._-]+", line.strip()))
    }
    assert {_normal(name) for name in needed} <= named


def test_manifests_declare_what_the_code_imports() -> None:
    """Of what requirements.txt names for the addons, each is declared by one that imports it."""
    declared = set()
    for addon in ADDONS:
        manifest = ast.literal_eval((REPOSITORY / addon / "__manifest__.py").read_text("utf-8"))
        declared |= {
            _normal(name) for name in manifest.get("external_dependencies", {}).get("python", [])
        }
    imported = {
        match[1]
        for addon in ADDONS
        for path in (REPOSITORY / addon).rglob("*.py")
        if "tests" not in path.parts
        for match in re.finditer(
            r"^\s*(?:from|import) (\w+)", path.read_text("utf-8"), re.MULTILINE
        )
    }
    distributions = {
        "gql": "gql", "requests": "requests", "cryptography": "cryptography",
        "phonenumbers": "phonenumbers", "stdnum": "python-stdnum", "croniter": "croniter",
        "graphql": "graphql-core", "pandas": "pandas", "paramiko": "paramiko",
    }  # fmt: skip
    assert {distributions[name] for name in imported & set(distributions)} <= declared


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
