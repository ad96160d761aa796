"""Places for stock of one's own."""

from __future__ import annotations

from ..http.fault_board import FaultBoard
from ..http.json_value import JsonObject
from ..http.stand_in import StandIn
from .drop_app import DropApp
from .stock_app import PATH, StockApp
from .stock_book import StockBook


class _StockPlace(StandIn):
    """Takes stock; a person watches the quantities at its address."""

    def __init__(self, app: StockApp | DropApp, port: int) -> None:
        super().__init__(app, port)
        self.book: StockBook = app.book
        self.faults: FaultBoard = app.faults


class StockSandbox(_StockPlace):
    """An API that takes quantities; no marketplace's own."""

    api_key = "stock-demo-key-77d1"

    def __init__(self, port: int = 0) -> None:
        self.app = StockApp(self.api_key)
        super().__init__(self.app, port)

    @property
    def endpoint(self) -> str:
        """Where levels are put and read."""
        return f"{self.url}{PATH}"


class DropSandbox(_StockPlace):
    """A place where files with stock are put."""

    user, password = "lux-shop", "drop-demo-password"

    def __init__(self, port: int = 0) -> None:
        self.app = DropApp(self.user, self.password)
        super().__init__(self.app, port)

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
