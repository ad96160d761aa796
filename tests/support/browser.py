"""A headless browser of one's own, steered over Chromium's debugging protocol."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests
import websocket

from tools.server import OdooServer

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--no-first-run",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--mute-audio",
    "--window-size=1366,900",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
)
_START_SECONDS = 60
_WAIT_SECONDS = 60
_LOOK_SECONDS = 0.1


class Page:
    """One tab, logged in."""

    def __init__(self, socket: websocket.WebSocket, url: str) -> None:
        self._socket = socket
        self._url = url
        self._numbers = count(1)

    def open(self, path: str) -> None:
        """Go to a path of the server."""
        self._command("Page.navigate", url=self._url + path)

    def run(self, expression: str) -> Any:
        """The value of a JavaScript expression; a promise is waited for."""
        answer = self._command(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait_for(self, condition: str, seconds: float = _WAIT_SECONDS) -> None:
        """Wait until a JavaScript expression is true."""
        deadline = time.monotonic() + seconds
        while not self.run(f"!!(document.body && ({condition}))"):
            assert time.monotonic() < deadline, f"not within {seconds} s: {condition}\n{self.text}"
            time.sleep(_LOOK_SECONDS)

    def click(self, selector: str) -> None:
        """Click what a selector finds, once it is there and can be clicked."""
        element = f"document.querySelector({json.dumps(selector)})"
        self.wait_for(f"!!{element} && !{element}.disabled")
        self.run(f"{element}.click()")

    def type(self, selector: str, text: str) -> None:
        """Replace what stands in an input, as a person who types and has not left it yet."""
        element = f"document.querySelector({json.dumps(selector)})"
        self.wait_for(f"!!{element}")
        self.run(f"{element}.focus(); {element}.select()")
        self._command("Input.insertText", text=text)

    @property
    def text(self) -> str:
        """What the page says."""
        return str(self.run("document.body.innerText"))

    def save_downloads_in(self, folder: Path) -> None:
        """Keep what the page downloads from now on."""
        self._command("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))

    def screenshot(self, path: Path) -> None:
        """Keep what it looks like as PNG."""
        path.write_bytes(base64.b64decode(self._command("Page.captureScreenshot")["data"]))

    def _command(self, method: str, **parameters: Any) -> Any:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == number:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]


@contextmanager
def browsing(server: OdooServer, login: str = "admin") -> Iterator[Page]:
    """A tab of a user whose password is the login; skips the test where there is no browser."""
    executable = next(filter(None, map(shutil.which, _NAMES)), None)
    if executable is None:
        pytest.skip("there is no chromium")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [executable, *_SWITCHES, f"--user-data-dir={profile}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            socket = websocket.create_connection(_address(Path(profile)), timeout=_WAIT_SECONDS)
            page = Page(socket, server.url)
            page._command(
                "Network.setCookie",
                name="session_id",
                value=session_of(server, login),
                url=server.url,
            )
            yield page
            socket.close()
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
            process.wait()


def _address(profile: Path) -> str:
    """Where the first tab is steered from."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError, IndexError, requests.RequestException):
            port = (profile / "DevToolsActivePort").read_text(encoding="ascii").splitlines()[0]
            tabs = requests.get(f"http://127.0.0.1:{port}/json/list", timeout=5).json()
            return str(next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page"))
        time.sleep(_LOOK_SECONDS)
    raise AssertionError("The browser did not start.")


def session_of(server: OdooServer, login: str) -> str:
    """The session of somebody who has logged in, as the cookie `session_id` names it."""
    with requests.Session() as session:
        answer = session.post(
            f"{server.url}/web/session/authenticate",
            json={"params": {"db": server.database, "login": login, "password": login}},
            timeout=60,
        )
        assert answer.json()["result"]["uid"], answer.text
        return str(session.cookies["session_id"])
