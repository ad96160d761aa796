"""Processes that we started, and end."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress


def end(process: subprocess.Popen[bytes] | subprocess.Popen[str], seconds: float) -> None:
    """End a process as an administrator would, and after so many seconds by force.

    It has a session of its own (`start_new_session`): all of its processes are gone then.
    """
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    kill(process)


def kill(process: subprocess.Popen[bytes] | subprocess.Popen[str]) -> None:
    """End all processes of its session with SIGKILL."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout:
        process.stdout.close()
