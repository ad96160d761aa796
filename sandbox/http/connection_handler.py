"""One client's connection."""

from __future__ import annotations

import contextlib
import logging
import socket
import socketserver
import struct
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from .http_error import HttpError
from .reply import Reply
from .request import Request

if TYPE_CHECKING:
    from .threaded_server import ThreadedServer

_logger = logging.getLogger(__name__)

#: Bytes of a header line, and of a body, beyond which a client is turned away.
MAX_LINE = 65536
MAX_BODY = 64 * 1024 * 1024
#: Pieces in which a slow body travels.
DRIPS = 20
#: Closing a socket with this option resets the connection.
LINGER_RESET = struct.pack("ii", 1, 0)


class ConnectionHandler(socketserver.StreamRequestHandler):
    """Reads requests off one kept-alive connection and writes the answers."""

    disable_nagle_algorithm = True
    rbufsize = 65536

    def setup(self) -> None:
        """Let the server know of the connection."""
        super().setup()
        self._owner.connections.add(self.request)

    def finish(self) -> None:
        """Let the server forget the connection."""
        self._owner.connections.discard(self.request)
        with contextlib.suppress(OSError):
            super().finish()

    def handle(self) -> None:
        """Serve the connection until either side closes it."""
        with contextlib.suppress(ConnectionError, TimeoutError):
            while self._serve_one():
                pass

    @property
    def _owner(self) -> ThreadedServer:
        return cast("ThreadedServer", self.server)

    def _serve_one(self) -> bool:
        """Serve one request; False when the connection is over."""
        try:
            request = self._read_request()
        except HttpError as error:
            self._write(Reply.json({"error": error.message}, error.status), keep_alive=False)
            return False
        if request is None:
            return False
        keep_alive = request.headers.get("connection", "").lower() != "close"
        return self._write(self._answer(request), keep_alive=keep_alive)

    def _answer(self, request: Request) -> Reply:
        try:
            return self._owner.application.handle(request)
        except HttpError as error:
            return Reply.json({"error": error.message}, error.status)
        except Exception:
            _logger.exception("%s %s failed", request.method, request.path)
            return Reply.json({"error": "The stand-in itself failed; see its log."}, 500)

    def _read_request(self) -> Request | None:
        line = self.rfile.readline(MAX_LINE + 1)
        while line in (b"\r\n", b"\n"):
            line = self.rfile.readline(MAX_LINE + 1)
        if not line:
            return None
        parts = line.decode("latin-1").split()
        if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
            raise HttpError(400, "The request line is not HTTP/1.1.")
        headers = self._read_headers()
        if headers.get("expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return Request(parts[0].upper(), parts[1], headers, self._read_body(headers))

    def _read_headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        while True:
            line = self.rfile.readline(MAX_LINE + 1)
            if line in (b"\r\n", b"\n", b""):
                return headers
            if len(line) > MAX_LINE or len(headers) > 100:
                raise HttpError(431, "The request's headers are too large.")
            name, separator, value = line.decode("latin-1").partition(":")
            if not separator:
                raise HttpError(400, "A header line has no colon.")
            headers[name.strip().lower()] = value.strip()

    def _read_body(self, headers: dict[str, str]) -> bytes:
        if "chunked" in headers.get("transfer-encoding", "").lower():
            return self._read_chunks()
        length = headers.get("content-length", "0")
        if not length.isdigit():
            raise HttpError(400, "Content-Length is not a number.")
        if int(length) > MAX_BODY:
            raise HttpError(413, "The body is too large.")
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            raise ConnectionResetError
        return body

    def _read_chunks(self) -> bytes:
        chunks: list[bytes] = []
        while True:
            try:
                size = int(self.rfile.readline(MAX_LINE).split(b";")[0], 16)
            except ValueError as error:
                raise HttpError(400, "A chunk has no size.") from error
            if sum(map(len, chunks)) + size > MAX_BODY:
                raise HttpError(413, "The body is too large.")
            if not size:
                self._read_headers()
                return b"".join(chunks)
            chunks.append(self.rfile.read(size))
            self.rfile.readline(MAX_LINE)

    def _write(self, reply: Reply, *, keep_alive: bool) -> bool:
        """Send `reply`; False when the connection is over."""
        delivery = reply.delivery
        if delivery.hold and self._owner.stopping.wait(delivery.hold):
            return False
        if reply.leaving is not None:
            reply.leaving()
        if delivery.reset:
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)
            self._owner.close_request(self.request)
            return False
        if delivery.hang_up:
            return False
        head = self._head(reply, keep_alive=keep_alive)
        if delivery.cut is not None:
            self.wfile.write(head + reply.body[: int(len(reply.body) * delivery.cut)])
            return False
        if delivery.drip:
            self.wfile.write(head)
            return self._drip(reply.body, delivery.drip) and keep_alive
        self.wfile.write(head + reply.body)
        return keep_alive

    def _drip(self, body: bytes, seconds: float) -> bool:
        step = max(1, -(-len(body) // DRIPS))
        for start in range(0, len(body), step):
            if self._owner.stopping.wait(seconds / DRIPS):
                return False
            self.wfile.write(body[start : start + step])
        return True

    @staticmethod
    def _head(reply: Reply, *, keep_alive: bool) -> bytes:
        try:
            phrase = HTTPStatus(reply.status).phrase
        except ValueError:
            phrase = "Unknown"
        lines = [
            f"HTTP/1.1 {reply.status} {phrase}",
            f"Content-Type: {reply.content_type}",
            f"Content-Length: {len(reply.body)}",
            f"Connection: {'keep-alive' if keep_alive else 'close'}",
            *(f"{name}: {value}" for name, value in reply.headers),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
