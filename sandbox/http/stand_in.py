"""A stand-in that is started and stopped."""

from __future__ import annotations

from types import TracebackType
from typing import TypeVar

from .application import Application
from .threaded_server import ThreadedServer

_Self = TypeVar("_Self", bound="StandIn")


class StandIn:
    """Serves an application on loopback while it is started; also a context manager.

    :param port: 0 for any free one.
    """

    def __init__(self, application: Application, port: int = 0) -> None:
        self._server = ThreadedServer(application, port)

    @property
    def url(self) -> str:
        """The server's address, without a slash at the end."""
        return self._server.url

    def start(self: _Self) -> _Self:
        """Begin to serve, in threads of this process; after a stop at the same address."""
        if self._server.stopping.is_set():
            self._server = ThreadedServer(self._server.application, self._server.server_address[1])
        self._server.start()
        return self

    def stop(self) -> None:
        """Serve no more."""
        self._server.stop()

    def __enter__(self: _Self) -> _Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
