"""A server on loopback that says byte for byte what a test wants."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

Answer = bytes | Callable[[socket.socket], None]


@dataclass
class RawRequest:
    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.line.split()[1]


def answer(status: str = "200 OK", body: bytes = b"", **headers: str) -> bytes:
    """An HTTP answer; underscores in names of headers become dashes."""
    lines = [f"HTTP/1.1 {status}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if "Content_Length" not in headers and "Transfer_Encoding" not in headers:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def reset(connection: socket.socket) -> None:
    """Break the connection the hard way (RST)."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@dataclass
class RawServer:
    """Gives each request the next of `answers`, and the last of them from then on.

    A callable gets the connection and closes it, or keeps the client waiting until the end
    of the test by `hold`.
    """

    answers: tuple[Answer, ...]
    host: str = "127.0.0.1"
    tls: ssl.SSLContext | None = None
    greeting: bytes = b""
    requests: list[RawRequest] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> RawServer:
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []
        self._listener = socket.create_server((self.host, 0))
        self.port = self._listener.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(self, *_exc: object) -> None:
        self._over.set()
        for sock in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        for thread in self._threads:
            thread.join(5)

    def url(self, path: str = "/", scheme: str = "http") -> str:
        return f"{scheme}://{self.host}:{self.port}{path}"

    def hold(self, _connection: socket.socket) -> None:
        """Say nothing until the test is over."""
        self._over.wait(30)

    def drip(self, connection: socket.socket, start: bytes, piece: bytes, every: float) -> None:
        """Send `start` at once, then `piece` again and again."""
        connection.sendall(start)
        while not self._over.wait(every):
            connection.sendall(piece)

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while not self._over.is_set():
                connection, _address = self._listener.accept()
                self.connections += 1
                self._open.append(connection)
                self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if self.tls is not None:
                connection = self.tls.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            connection.sendall(self.greeting)
            stream = connection.makefile("rb")
            while request := _read_request(stream):
                said = self.answers[min(len(self.requests), len(self.answers) - 1)]
                self.requests.append(request)
                if isinstance(said, bytes):
                    connection.sendall(said)
                else:
                    said(connection)
                    return


def _read_request(stream) -> RawRequest | None:
    line = stream.readline().decode("latin-1").strip()
    if not line:
        return None
    headers = {}
    while text := stream.readline().decode("latin-1").strip():
        name, _colon, value = text.partition(":")
        headers[name.lower()] = value.strip()
    return RawRequest(line, headers, stream.read(int(headers.get("content-length", 0))))
