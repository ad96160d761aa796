"""`make lint`."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tools import addons, lib_tree
from tools.environment import Environment
from tools.settings import REPOSITORY
from tools.shell import say

_PACKAGES = ("sandbox", "tools")


def run(environment: Environment) -> int:
    """Run all checks, also after one has failed; answer 1 when any did."""
    binaries = environment.settings.venv / "bin"
    failed = [
        name
        for name, passed in (
            ("ruff check", _passes([binaries / "ruff", "check", "."])),
            ("ruff format", _passes([binaries / "ruff", "format", "--check", "."])),
            ("pylint-odoo", _pylint(environment)),
            ("mypy", _mypy(environment)),
        )
        if not passed
    ]
    if failed:
        say(f"Failed: {', '.join(failed)}.")
        return 1
    say("Style and types are fine.")
    return 0


def _passes(
    command: list[str | Path], env: Mapping[str, str] | None = None, cwd: Path = REPOSITORY
) -> bool:
    say(f"$ {Path(command[0]).name} {' '.join(str(part) for part in command[1:])}")
    return subprocess.run(command, cwd=cwd, check=False, env=env).returncode == 0


def _pylint(environment: Environment) -> bool:
    pylint: list[str | Path] = [environment.settings.python, "-m", "pylint"]
    engines = sorted(REPOSITORY.glob("orion_*/engine"))
    return all(
        [
            _passes([*pylint, "--ignore-paths=.*/engine/.*", *addons.names()]),
            _passes([*pylint, "--disable=invalid-commit", *engines]),
        ]
    )


def _mypy(environment: Environment) -> bool:
    """Check the libs as parts of `odoo.addons`, and what does not run in Odoo."""
    settings = environment.settings
    tree = lib_tree.build(settings, "types")
    packages = [
        argument
        for addon in addons.names()
        if (REPOSITORY / addon / "lib").is_dir()
        for argument in ("-p", f"odoo.addons.{addon}.lib")
    ]
    folders = [
        argument
        for name in _PACKAGES
        if (REPOSITORY / name / "__init__.py").exists()
        for argument in ("-p", name)
    ]
    command: list[str | Path] = [
        settings.python, "-m", "mypy",
        f"--config-file={REPOSITORY / 'pyproject.toml'}",
        f"--cache-dir={settings.cache / 'mypy'}",
        *packages, *folders,
    ]  # fmt: skip
    return _passes(command, {**os.environ, "MYPYPATH": f"{tree}{os.pathsep}{REPOSITORY}"}, tree)
