"""A CodesWholesale of one's own."""

from __future__ import annotations

from ..http.json_value import JsonObject
from ..http.stand_in import StandIn
from .api.token_desk import CLIENTS
from .control.supplier_control import BALANCE, SupplierControl
from .supplier_app import SupplierApp


class CodesWholesaleSandbox(StandIn):
    """A supplier with a made-up catalogue.

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
        app = SupplierApp()
        self.control: SupplierControl = app.control
        self.control.reset(products=products, seed=seed, balance=balance)
        super().__init__(app, port)

    @property
    def endpoint(self) -> str:
        """Address of the API, as it is set on a channel."""
        return self.url

    def describe(self) -> JsonObject:
        """Addresses and the merchant's account."""
        return {
            "endpoint": self.endpoint,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "control": f"{self.endpoint}/_control",
        }
