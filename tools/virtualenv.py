"""The virtual environment: Odoo's packages, the suite's, and the tools for checking."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import sys
from pathlib import Path

from tools.odoo_source import OdooSource
from tools.problems import Problem
from tools.settings import REPOSITORY, Settings
from tools.shell import run, say

REQUIREMENT_FILES = ("requirements.txt", "requirements-dev.txt", "constraints.txt")


def ensure(settings: Settings, source: OdooSource) -> None:
    """Create the virtual environment, or bring it up to date."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    stamp = settings.venv / ".orion-stamp"
    wanted = f"{version} {_digest()}"
    found = stamp.read_text(encoding="utf-8") if stamp.exists() else ""
    if found != wanted:
        if found.partition(" ")[0] != version:
            _create(settings)
        _install(settings)
        stamp.write_text(wanted, encoding="utf-8")
    _show_odoo(settings, source, version)


def _digest() -> str:
    content = b"".join((REPOSITORY / name).read_bytes() for name in REQUIREMENT_FILES)
    return hashlib.sha256(content).hexdigest()


def _create(settings: Settings) -> None:
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        raise Problem(
            f"{sys.executable} cannot make virtual environments: install python3-venv, or choose "
            "another Python, as in `make PYTHON=python3.12 run`."
        )
    if sys.prefix == str(settings.venv):
        raise Problem(
            f"The virtual environment {settings.venv} is outdated and in use: start `make` from "
            "outside of it."
        )
    shutil.rmtree(settings.venv, ignore_errors=True)
    run(
        [sys.executable, "-m", "venv", settings.venv],
        what="making a virtual environment",
        log=settings.logs / "venv.log",
    )


def _install(settings: Settings) -> None:
    say("Installing Python packages …")
    files = [argument for name in REQUIREMENT_FILES for argument in ("-r", REPOSITORY / name)]
    run(
        [
            settings.python,
            "-m",
            "pip",
            "install",
            "--no-input",
            "--disable-pip-version-check",
            *files,
        ],
        what="installing Python packages",
        log=settings.logs / "pip.log",
    )


def _show_odoo(settings: Settings, source: OdooSource, version: str) -> None:
    """Make `import odoo` work in the environment."""
    packages = settings.venv / "lib" / f"python{version}" / "site-packages"
    link = packages / "orion-odoo.pth"
    line = f"{source.root}\n"
    if not link.exists() or link.read_text(encoding="utf-8") != line:
        link.write_text(line, encoding="utf-8")


def package_folder(settings: Settings, package: str) -> Path:
    """Folder of an installed package, found without importing it.

    :raises Problem: when it is not there.
    """
    found = next(settings.venv.glob(f"lib/python3.*/site-packages/{package}"), None)
    if found is None:
        raise Problem(f"The package {package} is missing in {settings.venv}: run `make setup`.")
    return found
