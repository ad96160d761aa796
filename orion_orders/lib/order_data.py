"""Canonical records of an order: every marketplace is mapped to these."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from .fingerprint import payload_digest


class PieceState(enum.Enum):
    """What the marketplace says of one piece."""

    UNDECIDED = "undecided"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    RETURNED = "returned"
    #: A value the mapper does not know: neutral, logged, never a crash.
    OTHER = "other"


class OrderState(enum.Enum):
    """What the marketplace says of the whole order, as far as it says anything."""

    UNDECIDED = "undecided"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class AddressData:
    """A postal address as the marketplace gave it; empty strings for what is absent.

    :param country_code: ISO 3166-1 alpha-2, upper case, or empty when unknown.
    """

    name: str = ""
    company: str = ""
    street: str = ""
    street2: str = ""
    zip: str = ""
    city: str = ""
    state_code: str = ""
    country_code: str = ""
    phone: str = ""

    @property
    def text(self) -> str:
        """The address on one line."""
        place = " ".join(filter(None, (self.country_code, self.zip, self.city)))
        return ", ".join(filter(None, (self.name, self.company, self.street, self.street2, place)))


@dataclass(frozen=True, slots=True)
class PieceData:
    """One piece that is accepted or refused on its own."""

    external_id: str
    state: PieceState
    #: The marketplace's own word, kept for display.
    raw_state: str = ""


@dataclass(frozen=True, slots=True)
class OrderLineData:
    """One line: pieces of the same product at the same price.

    :param external_id: unique within the order.
    :param quantity: pieces sold.
    :param price_unit: gross price of one piece as sold, in the order's currency.
    :param tax_rate: percent, when the marketplace says it; None: the product's own taxes.
    :param gtin: as given, not yet canonical.
    :param pieces: pieces decided one by one; empty where the marketplace has none.
    """

    external_id: str
    name: str
    quantity: Decimal
    price_unit: Decimal
    sku: str = ""
    gtin: str = ""
    tax_rate: Decimal | None = None
    image_url: str = ""
    is_digital: bool = False
    pieces: tuple[PieceData, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderData:
    """One shipment of a marketplace order: what becomes one ``sale.order``.

    :param external_id: identity on the channel (Letzshop: the shipment id).
    :param order_external_id: id of the customer's order, shared by several shipments.
    :param number: the customer's reference.
    :param ordered_at: aware time of the purchase.
    :param version: aware time of the data's last change at the marketplace, or of reading
        where the marketplace has none; older versions never overwrite newer ones.
    :param currency: ISO 4217.
    :param language: ISO 639-1 of the customer, or empty.
    :param total: what the marketplace says the whole order costs; may cover more than this
        store's part, so it is kept and compared, never used as the sum.
    :param total_currency: what currency the total names, where it names one.
    :param is_business: True when the buyer is a company.
    :param is_gift: the parcel shows no prices; `gift_message` is the giver's text.
    :param raw: the payload as received, JSON-able; kept for replay.
    """

    external_id: str
    number: str
    ordered_at: datetime
    version: datetime
    currency: str
    state: OrderState
    lines: tuple[OrderLineData, ...]
    raw: Mapping[str, Any] = field(repr=False, hash=False, compare=False)
    order_external_id: str = ""
    raw_state: str = ""
    url: str = ""
    customer_email: str = ""
    customer_phone: str = ""
    language: str = ""
    ship_to: AddressData = AddressData()
    bill_to: AddressData = AddressData()
    total: Decimal | None = None
    total_currency: str = ""
    shipment_number: str = ""
    shipping_carrier: str = ""
    tracking_number: str = ""
    tracking_provider: str = ""
    is_gift: bool = False
    gift_message: str = ""
    _digest: str = field(default="", init=False, repr=False, hash=False, compare=False)

    @property
    def digest(self) -> str:
        """Fingerprint of `raw`, made once."""
        if not self._digest:
            object.__setattr__(self, "_digest", payload_digest(self.raw))
        return self._digest


@dataclass(frozen=True, slots=True)
class OrderProblem:
    """A payload that could not be mapped; the others of its page go on.

    :param message: one sentence for the merchant; a `Sentence` is said in the reader's language.
    """

    external_id: str
    message: str
    raw: Mapping[str, Any] = field(repr=False, hash=False, compare=False)


@dataclass(frozen=True, slots=True)
class OrderPage:
    """A page of orders.

    :param cursor: opaque, JSON-able; passing it back continues behind this page. None: last page.
    :param unchanged: ids of orders whose payload is the known one; they were not mapped.
    :param complete: False where the marketplace left something of this page out, or lost its place
        behind it: what is on no page may be there all the same.
    """

    orders: tuple[OrderData, ...]
    problems: tuple[OrderProblem, ...] = ()
    cursor: Mapping[str, Any] | None = None
    unchanged: tuple[str, ...] = ()
    complete: bool = True
