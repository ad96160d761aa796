"""A CodesWholesale of one's own."""

from __future__ import annotations

from types import TracebackType

from ..http.json_value import JsonObject
from ..http.threaded_server import ThreadedServer
from .api.token_desk import CLIENTS
from .control.supplier_control import BALANCE, SupplierControl
from .supplier_app import SupplierApp


class CodesWholesaleSandbox:
    """Serves on loopback while it is started; also a context manager.

    :param products, seed, balance: see `SupplierControl.reset`.
    :param port: 0 for any free one.
    """

    client_id, client_secret = CLIENTS[0][1:]
    guest_id, guest_secret = CLIENTS[1][1:]

    def __init__(
        self,
        *,
        products: int = 20_000,
        seed: int = 1,
        balance: float = BALANCE,
        port: int = 0,
    ) -> None:
        self._app = SupplierApp()
        self.control: SupplierControl = self._app.control
        self.control.reset(products=products, seed=seed, balance=balance)
        self._server = ThreadedServer(self._app, port)

    @property
    def endpoint(self) -> str:
        """Address of the API, as it is set on a channel."""
        return self._server.url

    def describe(self) -> JsonObject:
        """Addresses and the merchant's account."""
        return {
            "endpoint": self.endpoint,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "control": f"{self.endpoint}/_control",
        }

    def start(self) -> CodesWholesaleSandbox:
        """Begin to serve, in threads of this process; after a stop at the same address."""
        if self._server.stopping.is_set():
            self._server = ThreadedServer(self._app, self._server.server_address[1])
        self._server.start()
        return self

    def stop(self) -> None:
        """Serve no more."""
        self._server.stop()

    def __enter__(self) -> CodesWholesaleSandbox:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
