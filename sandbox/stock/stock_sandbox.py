"""Places for stock of one's own."""

from __future__ import annotations

from types import TracebackType

from ..http.fault_board import FaultBoard
from ..http.json_value import JsonObject
from ..http.threaded_server import ThreadedServer
from .drop_app import DropApp
from .stock_app import PATH, StockApp
from .stock_book import StockBook


class _Serving:
    """Serves on loopback while it is started; also a context manager."""

    app: StockApp | DropApp

    def __init__(self, port: int) -> None:
        self._server = ThreadedServer(self.app, port)

    @property
    def url(self) -> str:
        """The server's address; a person watches the quantities there."""
        return self._server.url

    @property
    def book(self) -> StockBook:
        """What was told."""
        return self.app.book

    @property
    def faults(self) -> FaultBoard:
        """What goes wrong."""
        return self.app.faults

    def start(self) -> None:
        """Begin to serve, in threads of this process; after a stop at the same address."""
        if self._server.stopping.is_set():
            self._server = ThreadedServer(self.app, self._server.server_address[1])
        self._server.start()

    def stop(self) -> None:
        """Serve no more."""
        self._server.stop()

    def __enter__(self) -> _Serving:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


class StockSandbox(_Serving):
    """An API that takes quantities; no marketplace's own."""

    api_key = "stock-demo-key-77d1"

    def __init__(self, port: int = 0) -> None:
        self.app: StockApp = StockApp(self.api_key)
        super().__init__(port)

    @property
    def endpoint(self) -> str:
        """Where levels are put and read."""
        return f"{self.url}{PATH}"

    def __enter__(self) -> StockSandbox:
        self.start()
        return self


class DropSandbox(_Serving):
    """A place where files with stock are put."""

    user, password = "lux-shop", "drop-demo-password"

    def __init__(self, port: int = 0) -> None:
        self.app: DropApp = DropApp(self.user, self.password)
        super().__init__(port)

    @property
    def address(self) -> str:
        """Where a file is put; ``{time}`` makes each name another."""
        return f"{self.url}/drop/stock-{{time}}.csv"

    def describe(self) -> JsonObject:
        """Addresses and the merchant's account."""
        return {
            "address": self.address,
            "user": self.user,
            "password": self.password,
            "watch": f"{self.url}/",
        }

    def __enter__(self) -> DropSandbox:
        self.start()
        return self
