"""What a supplier of keys offers: the role `keys`."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from odoo.addons.orion_base.lib.outbox import OutboxAdapter

ROLE = "keys"
#: Operation of the outbox that buys. Payload: `PurchaseOrder.as_payload()`; the answer's
#: `response` is `{"supplier_order_id", "status", "total"}`, never a code; with `also_bought`, ids
#: of further orders that the supplier has under the same reference.
VERB = "purchase_keys"


class CodeKind(str, enum.Enum):
    """What a code is."""

    TEXT = "text"
    IMAGE = "image"
    LINK = "link"
    #: Bought, and not published yet (a pre-order): asked for again later.
    PENDING = "pending"


class PurchaseStatus(str, enum.Enum):
    """How far a supplier is with an order."""

    WAITING = "waiting"
    COMPLETE = "complete"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PriceBand:
    """Price of one piece when as many are bought.

    :param to_quantity: None for no upper end.
    """

    from_quantity: int
    to_quantity: int | None
    price: Decimal


def unit_price(bands: Iterable[PriceBand], quantity: int) -> Decimal | None:
    """The price of one piece when `quantity` are bought; None only where there are no bands.

    The band that holds the quantity, of several the one that begins last. Suppliers leave gaps:
    there the band below them goes on, and less than the first band's least costs as much as that.
    The supplier checks the price before it sells, so none is paid that was not expected.
    """
    known = sorted(bands, key=lambda band: (band.from_quantity, -band.price))
    if not known:
        return None
    counted = max(quantity, known[0].from_quantity)
    below = [band for band in known if band.from_quantity <= counted]
    holding = [band for band in below if band.to_quantity is None or counted <= band.to_quantity]
    return (holding or below)[-1].price


@dataclass(frozen=True, slots=True)
class Quote:
    """What a supplier asks for a product now.

    :param external_id: the supplier's id of the product.
    :param available: pieces it has; 0 for a pre-order too.
    :param regions: the supplier's own words for where it can be activated.
    """

    external_id: str
    available: int
    bands: tuple[PriceBand, ...]
    currency: str = "EUR"
    is_preorder: bool = False
    regions: tuple[str, ...] = ()

    def unit_price(self, quantity: int) -> Decimal | None:
        """See `unit_price`."""
        return unit_price(self.bands, quantity)


@dataclass(frozen=True, slots=True)
class PurchaseOrder:
    """One intent to buy: one call.

    :param reference: ours, unique; the supplier's history is searched for it.
    :param unit_price: what we expect to pay for a piece; the supplier checks it.
    :param intended_at: aware time before which nothing was sent under this reference.
    """

    reference: str
    external_product_id: str
    quantity: int
    unit_price: Decimal
    allow_preorder: bool = False
    intended_at: datetime | None = None

    def as_payload(self) -> dict[str, Any]:
        """JSON-able form for the outbox; the price as text."""
        return {
            "reference": self.reference,
            "external_product_id": self.external_product_id,
            "quantity": self.quantity,
            "unit_price": str(self.unit_price),
            "allow_preorder": self.allow_preorder,
            "intended_at": self.intended_at and self.intended_at.isoformat(),
        }

    @classmethod
    def of_payload(cls, payload: Mapping[str, Any]) -> PurchaseOrder:
        """The order that an operation carries."""
        intended = payload.get("intended_at")
        return cls(
            reference=str(payload["reference"]),
            external_product_id=str(payload["external_product_id"]),
            quantity=int(payload["quantity"]),
            unit_price=Decimal(str(payload["unit_price"])),
            allow_preorder=bool(payload.get("allow_preorder")),
            intended_at=datetime.fromisoformat(intended) if intended else None,
        )


@dataclass(frozen=True, slots=True)
class PurchasedCode:
    """A code that was bought. Its value shows in no `repr`.

    :param external_id: the supplier's id of the code.
    :param value: text of a key or link, bytes of an image, empty while it is pending.
    """

    external_id: str
    kind: CodeKind
    value: str | bytes = field(default="", repr=False)
    filename: str = ""


@dataclass(frozen=True, slots=True)
class PurchaseData:
    """An order as the supplier has it."""

    reference: str
    supplier_order_id: str
    status: PurchaseStatus
    total: Decimal
    currency: str = "EUR"
    codes: tuple[PurchasedCode, ...] = ()


@dataclass(frozen=True, slots=True)
class Balance:
    """Money at the supplier.

    :param usable: what can be spent: amount and credit, as the supplier counts them.
    """

    amount: Decimal
    credit: Decimal
    usable: Decimal
    currency: str = "EUR"


@dataclass(frozen=True, slots=True)
class InvoiceData:
    """A supplier's invoice."""

    number: str
    pdf: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who is assessed for fraud; what is not known is empty."""

    email: str
    ip_address: str = ""
    payment_email: str = ""
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class FraudScore:
    """What a supplier thinks of a buyer.

    :param score: higher is riskier.
    :param signs: the supplier's own words of what it found (`ip_blacklisted` …).
    """

    score: Decimal
    signs: tuple[str, ...] = ()


class KeysAdapter(OutboxAdapter, Protocol):
    """A supplier, for one channel. `send` and `reconcile` take the verb `purchase_keys`:
    refusals are errors of `lib.errors`, and `reconcile` searches the supplier's history for the
    reference and answers `NotHappened` only where it is surely not there."""

    def quote(self, external_ids: Sequence[str]) -> Mapping[str, Quote]:
        """Live price and stock; products that are gone are absent."""
        ...

    def fetch_purchase(self, supplier_order_id: str) -> PurchaseData:
        """An order with its codes."""
        ...

    def fetch_code(self, external_id: str) -> PurchasedCode:
        """One code, of a pre-order that may have been published by now."""
        ...

    def balance(self) -> Balance:
        """What can be spent."""
        ...

    def invoice(self, supplier_order_id: str) -> InvoiceData | None:
        """The invoice of an order; None while there is none."""
        ...

    def assess(self, buyer: Buyer) -> FraudScore | None:
        """The risk of a buyer; None where the supplier cannot say."""
        ...
