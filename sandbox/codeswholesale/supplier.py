"""What the supplier has, sells, and has sold."""

from __future__ import annotations

import base64
import random
import threading
import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from ..http.clock import Clock
from ..png import png
from .catalogue import Catalogue
from .effects import Effects
from .records.code import Code
from .records.order import Order, OrderLine
from .records.product import Product
from .refusal import balance_too_low, price_moved, product_gone, stock_short
from .seed.product_maker import make_products
from .settings import Settings

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class Supplier:
    """Products, orders and an account; callers hold `lock`."""

    def __init__(self, clock: Clock, settings: Settings) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self.settings = settings
        self.reset(products=0, seed=1, balance_cents=0)

    def reset(self, *, products: int, seed: int, balance_cents: int) -> None:
        """Forget everything and start anew."""
        self._catalogue: Catalogue | None = None
        self._seed = products, seed
        self.orders: dict[str, Order] = {}
        self.codes: dict[str, Code] = {}
        self.effects = Effects()
        self.balance_cents = balance_cents
        self.credit_cents = 0
        #: Fraud scores by e-mail address, as far as they are not 0.
        self.scores: dict[str, float] = {}
        # never the same again, also in another process: a code is sold once
        self._random = random.Random()

    @property
    def catalogue(self) -> Catalogue:
        """The price list, made when it is first looked at."""
        if self._catalogue is None:
            self._catalogue = Catalogue(make_products(*self._seed, self.clock.now()))
        return self._catalogue

    def product(self, product_id: str) -> Product:
        """A product of the price list; a `Refusal` when it is not there."""
        product = self.catalogue.products.get(product_id)
        if product is None or not product.is_listed:
            raise product_gone(product_id)
        return product

    def buy(
        self, reference: str, wanted: list[tuple[str, int, int | None]], *, allow_preorder: bool
    ) -> Order:
        """Buy `(product id, quantity, cents to be checked)`; a `Refusal` when it can not be."""
        lines = [self._line(*each, allow_preorder=allow_preorder) for each in wanted]
        cost = sum(line.quantity * line.cents for line in lines)
        poor = any(line.product.is_poor for line in lines)
        if poor or cost > self.balance_cents + self.credit_cents:
            raise balance_too_low()
        now = self.clock.now()
        order = Order(
            id=self._uuid(),
            reference=reference,
            identifier=f"CW-{len(self.orders) + 1:06d}",
            created=now,
            completes=now + timedelta(seconds=self.settings.complete_seconds),
            lines=lines,
        )
        for line in lines:
            line.product.quantity = max(0, line.product.quantity - line.quantity)
            self.catalogue.changed(line.product, now)
            line.codes = self._make_codes(line)
            self.codes.update((code.id, code) for code in line.codes)
        self.balance_cents -= cost
        self.orders[order.id] = order
        self.effects.bought[reference] += 1
        self.effects.pieces[reference] += sum(line.quantity for line in lines)
        self.effects.cents += cost
        return order

    def find_order(self, order_id: str) -> Order | None:
        """By the supplier's id, or the customer's reference where it finds by that."""
        if order_id in self.orders or not self.settings.finds_by_reference:
            return self.orders.get(order_id)
        return self.order_of(order_id)

    def order_of(self, reference: str) -> Order | None:
        """The first order that was bought with the customer's reference."""
        return next((one for one in self.orders.values() if one.reference == reference), None)

    def history(self, start: datetime | None, end: datetime | None) -> list[Order]:
        """Orders between two moments, the newest first."""
        latest = self.clock.now() - timedelta(seconds=self.settings.history_seconds)
        return [
            order
            for order in reversed(self.orders.values())
            if (start is None or order.created >= start)
            and (end is None or order.created <= end)
            and order.created <= latest
        ]

    def release(self, product: Product) -> int:
        """A product is out: pre-ordered codes become real ones; how many."""
        now = self.clock.now()
        product.is_preorder, product.released = False, now
        product.quantity = max(product.quantity, 100)
        self.catalogue.changed(product, now)
        waiting = [
            code
            for order in self.orders.values()
            for line in order.lines
            for code in line.codes
            if line.product is product and code.kind == "preorder"
        ]
        for code in waiting:
            code.kind, code.value = "text", self._text_code()
        return len(waiting)

    def move_prices(self, product: Product, percent: float) -> None:
        """All bands of a product go up or down."""
        product.bands = tuple(
            type(band)(band.first, band.last, max(1, round(band.cents * (100 + percent) / 100)))
            for band in product.bands
        )
        self.catalogue.changed(product, self.clock.now())

    def values_of(self, references: Collection[str]) -> dict[str, list[str]]:
        """The codes that were sold, by the customer's reference; all without any."""
        found: dict[str, list[str]] = {}
        for order in self.orders.values():
            if not references or order.reference in references:
                values = [code.value for line in order.lines for code in line.codes]
                found.setdefault(order.reference, []).extend(values)
        return found

    def _line(
        self, product_id: str, quantity: int, cents: int | None, *, allow_preorder: bool
    ) -> OrderLine:
        product = self.product(product_id)
        if product.is_preorder and not allow_preorder:
            raise stock_short()
        if product.quantity < quantity and not product.is_preorder:
            raise stock_short()
        price = product.price_of(quantity)
        if cents is not None and cents != price:
            raise price_moved()
        return OrderLine(product, quantity, price)

    def _make_codes(self, line: OrderLine) -> list[Code]:
        codes = []
        for _piece in range(line.quantity):
            if line.product.is_preorder:
                codes.append(Code(self._uuid(), "preorder", ""))
                continue
            if line.product.kind in ("text", "both"):
                codes.append(Code(self._uuid(), "text", self._text_code()))
            if line.product.kind in ("image", "both"):
                text = self._text_code()
                picture = base64.b64encode(png(40, 90, 160, text)).decode()
                codes.append(Code(self._uuid(), "image", picture, f"{text[:5]}.png"))
        return codes

    def _text_code(self) -> str:
        groups = ("".join(self._random.choices(_LETTERS, k=5)) for _group in range(5))
        return "-".join(groups)

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))
