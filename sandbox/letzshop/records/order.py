"""A customer's order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from .address import Address


@dataclass(frozen=True, slots=True)
class Order:
    """A customer's order; vendors see their own shipments of it.

    :param total: gross, of all shipments of all vendors and the delivery.
    :param currency: not in the schema; the total names it where it is not the euro.
    """

    id: str
    number: str
    email: str | None
    total: Decimal | None
    completed_at: datetime
    locale: str | None
    ship_address: Address | None
    bill_address: Address | None
    currency: str = "EUR"
