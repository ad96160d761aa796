"""A Letzshop of one's own."""

from __future__ import annotations

from types import TracebackType

from ..http.json_value import JsonObject
from ..http.threaded_server import ThreadedServer
from .control.letzshop_control import LetzshopControl
from .feed.feed_writer import LANGUAGES
from .letzshop_app import LetzshopApp
from .shop import KEYS


class LetzshopSandbox:
    """Serves on loopback while it is started; also a context manager.

    :param orders, history, seed: see `LetzshopControl.reset`.
    :param port: 0 for any free one.
    """

    api_key = KEYS[0].secret
    second_api_key = KEYS[1].secret
    both_api_key = KEYS[2].secret
    no_rights_api_key = KEYS[3].secret

    def __init__(
        self,
        *,
        orders: int = 200,
        history: int | None = None,
        seed: int = 1,
        latency_ms: float = 0,
        port: int = 0,
    ) -> None:
        self._app = LetzshopApp()
        self.control: LetzshopControl = self._app.control
        self.control.reset(seed=seed, orders=orders, history=history)
        self.control.configure(latency_ms=latency_ms)
        self._server = ThreadedServer(self._app, port)

    @property
    def url(self) -> str:
        """The server's address."""
        return self._server.url

    @property
    def endpoint(self) -> str:
        """Where GraphQL is sent."""
        return f"{self.url}/graphql"

    def describe(self) -> JsonObject:
        """Addresses and the merchant's key."""
        return {
            "endpoint": self.endpoint,
            "api_key": self.api_key,
            "control": f"{self.url}/_control",
            "catalogue": f"{self.url}/catalogue.json",
            "feeds": {language: f"{self.url}/feeds/{language}.csv" for language in LANGUAGES},
        }

    def start(self) -> LetzshopSandbox:
        """Begin to serve, in threads of this process; after a stop at the same address."""
        if self._server.stopping.is_set():
            self._server = ThreadedServer(self._app, self._server.server_address[1])
        self._server.start()
        return self

    def stop(self) -> None:
        """Serve no more."""
        self._server.stop()

    def __enter__(self) -> LetzshopSandbox:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
