"""Runs other programs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools import problems


def say(text: str) -> None:
    """Tell the person what goes on; standard output is for results."""
    print(text, file=sys.stderr, flush=True)


def is_alive(process: int) -> bool:
    """Whether there is a process with this id."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def run(
    command: Sequence[str | Path],
    *,
    what: str,
    log: Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    user: int | None = None,
    group: int | None = None,
) -> str:
    """Run a program to its end and answer what it printed; `log` keeps a copy.

    :param what: what is being done, as the middle of a sentence ("fetching Odoo").
    :raises Problem: when it fails or is not there.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    arguments = [str(part) for part in command]
    try:
        result = subprocess.run(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            cwd=cwd,
            env=env,
            user=user,
            group=group,
            extra_groups=None if user is None else [],
        )
    except FileNotFoundError as error:
        raise problems.Problem(
            f"{what[:1].upper()}{what[1:]} needs the program {arguments[0]}, which is not there: "
            "install it, and try again."
        ) from error
    log.write_text(f"$ {' '.join(arguments)}\n{result.stdout}")
    if result.returncode:
        raise problems.of_output(what, result.stdout, log.parent.parent, log)
    return result.stdout
