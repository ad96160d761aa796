"""As much of SMTP as a mail server needs that trusts everybody."""

from __future__ import annotations

import contextlib
import re
import socketserver
import threading
from collections.abc import Callable
from typing import cast

_MOST_BYTES = 32 * 1024 * 1024
_ADDRESS = re.compile(r"<([^<>]*)>")


class SmtpHandler(socketserver.StreamRequestHandler):
    """One client."""

    def handle(self) -> None:
        """Serve it until it leaves."""
        with contextlib.suppress(ConnectionError, TimeoutError):
            self._talk()

    def _talk(self) -> None:
        receivers: list[str] = []
        self._say("220 loopback")
        while True:
            line = self.rfile.readline(65536)
            if not line:
                return
            command = line.decode("latin-1").strip()
            word = command[:4].upper()
            if word == "QUIT":
                self._say("221 bye")
                return
            if word == "EHLO":
                self._say("250-loopback\r\n250-8BITMIME\r\n250 SMTPUTF8")
            elif word == "RCPT":
                receivers += _ADDRESS.findall(command)
                self._say("250 ok")
            elif word == "DATA":
                self._say("354 go on")
                cast("SmtpServer", self.server).take(tuple(receivers), self._read_content())
                receivers = []
                self._say("250 kept")
            elif word == "RSET":
                receivers = []
                self._say("250 ok")
            elif word in ("HELO", "MAIL", "NOOP"):
                self._say("250 ok")
            else:
                self._say("502 not known")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode("latin-1"))

    def _read_content(self) -> bytes:
        lines: list[bytes] = []
        size = 0
        while True:
            line = self.rfile.readline(_MOST_BYTES)
            if not line or line in (b".\r\n", b".\n") or size > _MOST_BYTES:
                return b"".join(lines)
            # a line that begins with a dot has one more
            lines.append(line[1:] if line.startswith(b".") else line)
            size += len(line)


class SmtpServer(socketserver.ThreadingTCPServer):
    """Takes mails on loopback and gives each to `take`."""

    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False

    def __init__(self, take: Callable[[tuple[str, ...], bytes], None], port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), SmtpHandler)
        self.take = take
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Serve no more."""
        if self._thread is not None:
            self.shutdown()
            self._thread.join()
            self._thread = None
        self.server_close()
