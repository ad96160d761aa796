"""A purchase."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from .code import Code
from .product import Product


@dataclass(slots=True)
class OrderLine:
    """A product of an order.

    :param cents: price of one piece.
    """

    product: Product
    quantity: int
    cents: int
    codes: list[Code] = field(default_factory=list)


@dataclass(slots=True)
class Order:
    """What a customer has bought.

    :param reference: the customer's own, as it was sent.
    :param completes: when its codes are there.
    :param end: the status it comes to.
    """

    id: str
    reference: str
    identifier: str
    created: datetime
    completes: datetime
    lines: list[OrderLine]
    end: str = "Completed"

    @property
    def cents(self) -> int:
        """What all of it costs."""
        return sum(line.quantity * line.cents for line in self.lines)

    def status(self, now: datetime) -> str:
        """`Fulfilling` until its codes are there."""
        return self.end if now >= self.completes else "Fulfilling"
