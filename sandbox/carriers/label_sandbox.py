"""A carrier of one's own."""

from __future__ import annotations

from types import TracebackType

from ..http.json_value import JsonObject
from ..http.threaded_server import ThreadedServer
from .label_app import CONTROL, PREFIX, LabelApp


class LabelSandbox:
    """Serves labels on loopback while it is started; also a context manager.

    :param port: 0 for any free one.
    """

    def __init__(self, *, port: int = 0) -> None:
        self.app = LabelApp()
        self._server = ThreadedServer(self.app, port)

    @property
    def prefix(self) -> str:
        """To which a shipment number is appended."""
        return f"{self._server.url}{PREFIX}"

    def describe(self) -> JsonObject:
        """Addresses."""
        return {"prefix": self.prefix, "control": f"{self._server.url}{CONTROL.rstrip('/')}"}

    def start(self) -> LabelSandbox:
        """Begin to serve, in threads of this process."""
        self._server.start()
        return self

    def stop(self) -> None:
        """Serve no more."""
        self._server.stop()

    def __enter__(self) -> LabelSandbox:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
