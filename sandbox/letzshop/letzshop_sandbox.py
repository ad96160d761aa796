"""A Letzshop of one's own."""

from __future__ import annotations

from ..http.json_value import JsonObject
from ..http.stand_in import StandIn
from .control.letzshop_control import LetzshopControl
from .feed.feed_writer import LANGUAGES
from .letzshop_app import LetzshopApp
from .shop import KEYS


class LetzshopSandbox(StandIn):
    """A marketplace with made-up customers and their orders.

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
        app = LetzshopApp()
        self.control: LetzshopControl = app.control
        self.control.reset(seed=seed, orders=orders, history=history)
        self.control.configure(latency_ms=latency_ms)
        super().__init__(app, port)

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
