"""The browser that tests of screens look through."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile

from tools.problems import Problem
from tools.shell import say

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SWITCHES = ("--headless=new", "--no-sandbox", "--no-first-run", "--disable-gpu", "--dump-dom")
_FIRST_START_SECONDS = 180


def is_required() -> bool:
    """Whether a test without its browser is a failure (`ORION_REQUIRE_BROWSER`)."""
    return bool(os.environ.get("ORION_REQUIRE_BROWSER"))


def find() -> str | None:
    """Where a browser is, if there is one."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


def warm_up() -> None:
    """Start the browser once, so that the tests find it quick.

    Odoo waits ten seconds for a browser and then skips the test; the first start on a fresh
    machine, from a cold disk, takes longer than that.

    :raises Problem: when a browser is required, and there is none or it does not start.
    """
    executable = find()
    if executable is None:
        if is_required():
            raise Problem(
                "ORION_REQUIRE_BROWSER is set, and there is no browser: install chromium, or unset "
                "it to skip the tests that need one."
            )
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [executable, *_SWITCHES, f"--user-data-dir={profile}", "about:blank"]
        try:
            ended = subprocess.run(
                command,
                check=False,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_FIRST_START_SECONDS,
            )
            trouble = "" if "<html>" in ended.stdout else ended.stderr[-1000:] or "it shows nothing"
        except subprocess.TimeoutExpired:
            trouble = f"not within {_FIRST_START_SECONDS} s"
    if trouble and is_required():
        raise Problem(f"The browser {executable} does not start: {trouble}")
    if trouble:
        say(f"The browser {executable} does not start; tests of screens may be skipped: {trouble}")
