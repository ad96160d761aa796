"""The server."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading

from .application import Application
from .connection_handler import ConnectionHandler

HOST = "127.0.0.1"


class ThreadedServer(socketserver.ThreadingTCPServer):
    """Serves one application on loopback, a thread for each connection.

    :param port: 0 for any free one.
    """

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128
    block_on_close = False

    def __init__(self, application: Application, port: int = 0) -> None:
        super().__init__((HOST, port), ConnectionHandler)
        self.application = application
        #: Open connections, kept alive ones included.
        self.connections: set[socket.socket] = set()
        #: Set when the server stops, so that held answers let go.
        self.stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where the server listens, without a slash at the end."""
        return f"http://{HOST}:{self.server_address[1]}"

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, let held answers go and close every connection."""
        self.stopping.set()
        if self._thread is not None:
            self.shutdown()
            self._thread.join()
            self._thread = None
        self.server_close()
        for connection in tuple(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
