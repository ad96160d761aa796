"""Handles of the stand-in, in Python."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from ...http.control import Control
from ...http.fault_board import FaultBoard
from ...http.http_error import HttpError
from ...http.json_value import JsonObject, JsonValue
from ...http.request_log import RequestLog
from ..api.token_desk import TokenDesk
from ..api.views import moment, product_view
from ..rate_limits import RateLimits
from ..records.product import Product
from ..settings import Settings
from ..supplier import Supplier

BALANCE = 10_000.0


class SupplierControl(Control):
    """What a person or a test may do to the stand-in."""

    def __init__(
        self,
        supplier: Supplier,
        desk: TokenDesk,
        faults: FaultBoard,
        log: RequestLog,
        limits: RateLimits,
    ) -> None:
        super().__init__(supplier.clock, faults, log)
        self._supplier = supplier
        self._desk = desk
        self._limits = limits

    def reset(
        self,
        products: int = 20_000,
        seed: int = 1,
        balance: float = BALANCE,
        now: datetime | None = None,
    ) -> JsonObject:
        """Forget everything: products, orders, faults, tokens, limits, settings.

        :param now: where the clock then stands still.
        """
        if now is None:
            self.clock.reset()
        else:
            self.clock.set(now, freeze=True)
        with self._supplier.lock:
            fresh = Settings()
            for name in fresh.__slots__:
                setattr(self._supplier.settings, name, getattr(fresh, name))
            self._supplier.reset(products=products, seed=seed, balance_cents=round(balance * 100))
            self._desk.clear()
        self._faults.clear()
        self._faults.seed(seed)
        self._limits.clear()
        self._log.clear()
        return self.state()

    def state(self) -> JsonObject:
        """Counts, account, time and settings."""
        supplier = self._supplier
        with supplier.lock:
            settings = {name: getattr(supplier.settings, name) for name in Settings.__slots__}
            return {
                "products": len(supplier.catalogue.products),
                "orders": len(supplier.orders),
                "balance": supplier.balance_cents / 100,
                "now": supplier.clock.now().isoformat(),
                "settings": settings,
            }

    def configure(self, **changes: JsonValue) -> JsonObject:
        """Change settings; all of them."""
        with self._supplier.lock:
            for name, value in changes.items():
                if name not in Settings.__slots__:
                    raise HttpError(400, f"There is no setting {name}.")
                setattr(self._supplier.settings, name, value)
        return self.state()

    def set_balance(self, balance: float, credit: float = 0) -> JsonObject:
        """Put so much on the account."""
        with self._supplier.lock:
            self._supplier.balance_cents = round(balance * 100)
            self._supplier.credit_cents = round(credit * 100)
        return self.state()

    def products(
        self, limit: int = 50, kind: str | None = None, *, in_stock: bool = False
    ) -> list[JsonObject]:
        """Products as the API shows them, with `kind`, `eans` and `updated`."""
        with self._supplier.lock:
            found = [
                self._view(product)
                for product in self._supplier.catalogue.products.values()
                if (kind is None or product.kind == kind) and (not in_stock or product.quantity)
            ]
        return found[:limit]

    def change(
        self,
        product: str,
        quantity: int | None = None,
        percent: float | None = None,
        name: str | None = None,
        *,
        listed: bool | None = None,
        **fields: Any,
    ) -> JsonObject:
        """Change a product.

        :param percent: by which its prices go up.
        :param listed: whether it stands in the price list.
        :param fields: others of `Product`, as `kind`, `regions`, `is_preorder`.
        """
        with self._supplier.lock:
            found = self._product(product)
            if quantity is not None:
                found.quantity = quantity
            if name is not None:
                found.name = name
            if listed is not None:
                found.is_listed = listed
            for field, value in fields.items():
                if field not in Product.__slots__:
                    raise HttpError(400, f"A product has no {field}.")
                setattr(found, field, tuple(value) if isinstance(value, list) else value)
            if percent is not None:
                self._supplier.move_prices(found, percent)
            self._supplier.catalogue.changed(found, self.clock.now())
            return self._view(found)

    def release(self, product: str) -> int:
        """A pre-ordered product is out; how many codes have come."""
        with self._supplier.lock:
            return self._supplier.release(self._product(product))

    def score(self, email: str, score: float) -> None:
        """What `/v3/security` says of a buyer."""
        with self._supplier.lock:
            self._supplier.scores[email] = score

    def expire_tokens(self) -> None:
        """No token that was given out is known any more."""
        with self._supplier.lock:
            self._desk.clear()

    def limit(self, operation: str, most: int, seconds: float) -> None:
        """Allow so many requests of a kind in any so many seconds."""
        self._limits.set(operation, most, seconds)

    def codes(self, references: Collection[str] = ()) -> dict[str, list[str]]:
        """The codes that were sold, by the customer's reference."""
        with self._supplier.lock:
            return self._supplier.values_of(references)

    def effects(self) -> JsonObject:
        """What was bought, and asked."""
        with self._supplier.lock:
            refused: JsonObject = {**self._limits.refused}
            return {**self._supplier.effects.as_json(), "limited": refused}

    def _product(self, product_id: str) -> Product:
        product = self._supplier.catalogue.products.get(product_id)
        if product is None:
            raise HttpError(404, f"There is no product {product_id}.")
        return product

    def _view(self, product: Product) -> JsonObject:
        return {
            **product_view(product, ""),
            "kind": product.kind,
            "eans": list(product.eans),
            "updated": moment(product.updated),
        }
