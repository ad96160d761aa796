"""`make bench`."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from collections.abc import Sequence

from tools import postgres, templates
from tools.database import Databases
from tools.environment import Environment
from tools.problems import Problem
from tools.settings import REPOSITORY


def run(environment: Environment, arguments: Sequence[str]) -> int:
    """Run the benchmarks with PostgreSQL and the installed template at hand."""
    if importlib.util.find_spec("benchmarks") is None:
        raise Problem("There is no folder `benchmarks` in this clone: take a complete one.")
    settings = environment.settings
    with (
        postgres.in_use(settings) as server,
        templates.in_use(environment, Databases(server, settings.data)),
    ):
        return subprocess.run(
            [settings.python, "-m", "benchmarks", *arguments],
            cwd=REPOSITORY,
            check=False,
            env={**os.environ, "ORION_CACHE": str(settings.cache)},
        ).returncode
