"""The command line behind `make`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import xmlrpc.client
from collections.abc import Sequence

from tools import environment, problems, settings
from tools.problems import Problem
from tools.shell import say

COMMANDS = {
    "setup": "fetch what is missing",
    "run": "start the demo",
    "smoke": "walk the demo's whole way and end",
    "test": "run all tests",
    "bench": "run the benchmarks",
    "lint": "check style and types",
    "translations": "export what is to be translated",
    "readme": "put the addons' README.rst together",
}


def main(arguments: Sequence[str]) -> int:
    """Run a command; what a person can mend comes out as one sentence."""
    given, rest = _parser().parse_known_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    folder = None
    try:
        chosen = settings.from_environment()
        folder = chosen.cache
        return _run(given.command, rest, chosen)
    except (Problem, xmlrpc.client.Fault) as problem:
        say(problem.faultString if isinstance(problem, xmlrpc.client.Fault) else str(problem))
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        sentence = problems.of_os_error(error, folder) if folder else None
        if sentence is None:
            raise
        say(str(sentence))
    return 1


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m tools", description=__doc__)
    parser.add_argument(
        "command", choices=COMMANDS, help="; ".join(f"{k}: {v}" for k, v in COMMANDS.items())
    )
    return parser


def _run(command: str, rest: Sequence[str], chosen: settings.Settings) -> int:
    prepared = environment.prepare(chosen)
    if command == "setup":
        say(f"All is there, in {chosen.cache}.")
        return 0
    if sys.prefix != str(chosen.venv):
        # From here on packages of the virtual environment are used. Neither program nor
        # arguments pass a shell.
        os.chdir(settings.REPOSITORY)
        os.execv(chosen.python, [str(chosen.python), "-m", "tools", command, *rest])
    from tools import commands

    return commands.run(command, rest, prepared)
