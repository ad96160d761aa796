"""Databases with everything installed, made once and copied for each use."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence, Set
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tools import addons
from tools.configuration import write_configuration
from tools.database import Databases
from tools.environment import Environment
from tools.locking import exclusive, if_unused, shared
from tools.settings import REPOSITORY
from tools.shell import is_alive, run, say

PREFIX = "orion_template_"
_OF_PROCESS = re.compile(r"orion_(?:test|smoke)_(\d+)")


def names(environment: Environment) -> tuple[str, str]:
    """Names of the database with Odoo's own modules, and of the one with the addons too."""
    ground = repr((addons.COMPANIONS, addons.LANGUAGES, environment.odoo)).encode()
    digest = hashlib.sha256(ground).hexdigest()[:6]
    return f"{PREFIX}{digest}_base", f"{PREFIX}{digest}_{addons.digest()}"


@contextmanager
def in_use(environment: Environment, databases: Databases) -> Iterator[str]:
    """Have a database with the addons, their companions and the languages; gives its name.

    It is made anew when the addons have changed. Nobody drops it as long as the context lasts.
    """
    base, wanted = names(environment)
    with ExitStack() as stack:
        with exclusive(environment.settings.cache / "templates.lock"):
            stack.enter_context(shared(_lock(environment, wanted)))
            _drop_left_over(environment, databases, {base, wanted})
            existing = databases.names(PREFIX)
            if base not in existing:
                say("Making a database with Odoo's own modules (a minute or two) …")
                _build(environment, databases, base, None, addons.COMPANIONS)
            if wanted not in existing:
                say("Installing the addons …")
                _build(environment, databases, wanted, base, addons.installed())
        yield wanted


def _lock(environment: Environment, name: str) -> Path:
    return environment.settings.cache / "templates" / f"{name}.lock"


def _drop_left_over(environment: Environment, databases: Databases, needed: set[str]) -> None:
    """Drop templates of former addons, and what processes left behind that are gone."""
    for name in databases.names(PREFIX):
        with if_unused(_lock(environment, name)) as unused:
            if unused and name not in needed:
                databases.drop(name)
                _lock(environment, name).unlink()
    if not databases.server.private:
        return  # others may use that server from other machines
    for name in databases.names("orion_"):
        match = _OF_PROCESS.match(name)
        if match and not is_alive(int(match[1])):
            databases.drop(name)


def _build(
    environment: Environment,
    databases: Databases,
    name: str,
    source: str | None,
    modules: Sequence[str],
) -> None:
    """Make the database under another name first, so that a broken one never counts."""
    work = f"{name}_new"
    if source:
        databases.copy(source, work)
    else:
        databases.create(work)
    databases.commit_lazily(work)
    install_modules(environment, databases, work, modules, log=install_log(environment, name))
    databases.rename(work, name)


def install_log(environment: Environment, name: str) -> Path:
    """What Odoo logged when modules were installed in the database `name`."""
    return environment.settings.logs / f"install-{name}.log"


def install_modules(
    environment: Environment,
    databases: Databases,
    name: str,
    modules: Sequence[str],
    log: Path | None = None,
) -> None:
    """Install or update modules in a database that nobody else uses."""
    settings = environment.settings
    log = log or install_log(environment, name)
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    configuration = write_configuration(
        environment, databases.server, name, {"logfile": str(log), "log_level": "warn"}
    )
    run(
        [
            settings.python, "-m", "odoo", "-c", configuration, "-d", name,
            *module_options(modules, _installed(databases, name)),
            f"--load-language={','.join(addons.LANGUAGES)}",
            "--stop-after-init", "--no-http", "--max-cron-threads=0",
        ],
        what=f"installing {', '.join(modules)}",
        log=log.with_suffix(".out"),
        cwd=REPOSITORY,
    )  # fmt: skip


def module_options(modules: Sequence[str], installed: Set[str]) -> list[str]:
    """Odoo's options that update what is there of these modules, and install the others."""
    known = [module for module in modules if module in installed]
    missing = [module for module in modules if module not in installed]
    return [
        *(["-u", ",".join(known)] if known else []),
        *(["-i", ",".join(missing)] if missing else []),
    ]


def _installed(databases: Databases, name: str) -> set[str]:
    """Names of the modules in a database, which may be empty."""
    table = databases.query(name, "SELECT to_regclass('ir_module_module')")
    if not table[0][0]:
        return set()
    rows = databases.query(name, "SELECT name FROM ir_module_module WHERE state = 'installed'")
    return {row[0] for row in rows}
