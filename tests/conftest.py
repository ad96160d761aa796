"""Fixtures of the tests that cross addons.

The three first ones stand in for those of pytest-odoo, which would load a registry here.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox import LetzshopSandbox
from tests.support.protocols import Caller
from tests.support.shop import CLERK, PROTOCOLS, Shop, open_shop
from tests.support.stage import Stage, stage_on
from tools import environment, postgres, settings, templates


@pytest.fixture(scope="session", autouse=True)
def load_registry() -> None:
    """No registry: Odoo runs in processes of its own."""


@pytest.fixture(scope="session", autouse=True)
def load_http() -> None:
    """No HTTP server in this process."""


@pytest.fixture(scope="module", autouse=True)
def enable_odoo_test_flag() -> None:
    """No Odoo in this process, so no flag."""


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """PostgreSQL with a template that has everything installed."""
    prepared = environment.prepare(settings.from_environment())
    with postgres.in_use(prepared.settings) as server, stage_on(prepared, server) as ready:
        yield ready


@pytest.fixture
def database(stage: Stage) -> Iterator[str]:
    """A database of one's own, with everything installed."""
    with stage.clone() as name:
        yield name


@pytest.fixture(scope="session")
def factory(stage: Stage) -> Iterator[str]:
    """A database with Odoo's manufacturing and dropshipping, too; who shares it commits nothing."""
    modules = ["mrp", "product_expiry", "stock_dropshipping"]
    with stage.clone() as name:
        templates.install_modules(stage.environment, stage.databases, name, modules)
        yield name


@pytest.fixture
def marketplace() -> Iterator[LetzshopSandbox]:
    """A sandbox Letzshop in this process, with 40 undecided orders."""
    with LetzshopSandbox(orders=40) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def shop(stage: Stage) -> Iterator[Shop]:
    """A running shop that the tests of the protocols share."""
    with open_shop(stage) as opened:
        yield opened


@pytest.fixture(params=PROTOCOLS)
def protocol(request: pytest.FixtureRequest) -> str:
    """XML-RPC, then JSON-2."""
    return str(request.param)


@pytest.fixture
def manager(shop: Shop, protocol: str) -> Caller:
    """A client of a Marketplace Manager."""
    return shop.caller(protocol)


@pytest.fixture
def clerk(shop: Shop, protocol: str) -> Caller:
    """A client of a Marketplace User."""
    return shop.caller(protocol, CLERK)
