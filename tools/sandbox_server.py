"""The sandbox marketplaces, as a process."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
import urllib.request
from types import TracebackType
from typing import Any

from tools import processes
from tools.problems import Problem
from tools.settings import REPOSITORY

_START_SECONDS = 60
_STOP_SECONDS = 10


class SandboxServer:
    """Runs `python -m sandbox` while it is started; also a context manager.

    :param arguments: of its command line, as `--orders=50`.
    """

    def __init__(self, *arguments: str, port: int = 0) -> None:
        self._arguments = [f"--port={port}", *arguments]
        self._process: subprocess.Popen[str] | None = None
        self._ready: dict[str, Any] = {}

    @property
    def endpoint(self) -> str:
        """Address of the Letzshop API."""
        return str(self._ready["letzshop"]["endpoint"])

    @property
    def api_key(self) -> str:
        """A key that may do everything on the Letzshop API."""
        return str(self._ready["letzshop"]["api_key"])

    @property
    def label_prefix(self) -> str:
        """Address of the carrier's labels, to which a shipment number is appended."""
        return str(self._ready["labels"]["prefix"])

    @property
    def drop(self) -> dict[str, str]:
        """The place for stock files: address, user, password, and the page that shows them."""
        return dict(self._ready["drop"])

    @property
    def supplier(self) -> dict[str, str]:
        """Endpoint, client id, client secret and control address of the supplier of keys."""
        return dict(self._ready["codeswholesale"])

    @property
    def mail(self) -> dict[str, Any]:
        """SMTP host and port of the server that catches mails, and where to watch them."""
        return dict(self._ready["mail"])

    def mails(self) -> Any:
        """The mails that were caught."""
        return _read(urllib.request.Request(self._ready["mail"]["mails"]))

    def start(self) -> SandboxServer:
        """Start it and wait until it answers."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", *self._arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            cwd=REPOSITORY,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
        )
        try:
            self._ready = json.loads(self._first_line())
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End it."""
        if self._process is None:
            return
        processes.end(self._process, _STOP_SECONDS)
        self._process = None

    def control(self, method: str, path: str, **arguments: object) -> Any:  # what JSON holds
        """Call Letzshop's own control API, as `control("GET", "effects")`."""
        return self._control("letzshop", method, path, arguments)

    def control_supplier(self, method: str, path: str, **arguments: object) -> Any:
        """Call the supplier's own control API, as `control_supplier("GET", "effects")`."""
        return self._control("codeswholesale", method, path, arguments)

    def _control(self, part: str, method: str, path: str, arguments: dict[str, object]) -> Any:
        body = json.dumps(arguments).encode() if method == "POST" else None
        request = urllib.request.Request(
            f"{self._ready[part]['control']}/{path}",
            data=body,
            method=method,
            headers={"Content-Type": "application/json"},
        )
        return _read(request)

    def catalogue(self) -> Any:
        """What the marketplace's shop sells."""
        return _read(urllib.request.Request(self._ready["letzshop"]["catalogue"]))

    @property
    def feeds(self) -> dict[str, str]:
        """Addresses of the shop's product feeds by language."""
        return dict(self._ready["letzshop"]["feeds"])

    def _first_line(self) -> str:
        process = self._process
        if process is None or process.stdout is None:
            raise RuntimeError("The sandbox is not started.")
        deadline = time.monotonic() + _START_SECONDS
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            if selector.select(max(0, deadline - time.monotonic())):
                line = process.stdout.readline()
                if line:
                    return line
        raise Problem(
            "The sandbox marketplace did not start: `python -m sandbox` in the virtual environment "
            "says why."
        )

    def __enter__(self) -> SandboxServer:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


def _read(request: urllib.request.Request) -> Any:
    with urllib.request.urlopen(request, timeout=60) as reply:
        return json.load(reply)
