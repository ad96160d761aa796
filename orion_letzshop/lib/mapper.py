"""A shipment as Letzshop tells it, mapped to the canonical order."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from odoo.addons.orion_base.lib.money import Money, MoneyProblem, parse_money
from odoo.addons.orion_base.lib.sentence import Sentence, Sentences
from odoo.addons.orion_orders.lib.order_data import (
    AddressData,
    OrderData,
    OrderLineData,
    OrderProblem,
    OrderState,
    PieceData,
    PieceState,
)

from .carriers import carrier_code
from .frames import UnitState, read_carrier_type, read_tracking, text

_lt = Sentences(__name__)
_logger = logging.getLogger(__name__)

_NO_TOTAL = _lt("The total of the order is not an amount: %(value)s.")
_NO_PRICE = _lt("The price of a piece is not an amount: %(value)s.")
#: Most signs of a value that a message repeats.
_SHOWN = 40

#: Letzshop sells in euros; an amount that names a currency overrules it.
DEFAULT_CURRENCY = "EUR"

#: In which order a product's name is taken, behind the customer's own language.
NAME_LANGUAGES = ("fr", "de", "en")

#: A line's id is its variant's; these two mark lines without a variant, and further prices.
_UNIT_PREFIX = "unit:"
_ORDINAL_SIGN = "#"

_PIECE_STATES = {
    UnitState.UNCONFIRMED: PieceState.UNDECIDED,
    UnitState.AVAILABLE: PieceState.ACCEPTED,
    UnitState.UNAVAILABLE: PieceState.REFUSED,
    UnitState.RETURNED: PieceState.RETURNED,
}
_SHIPMENT_STATES = {
    "unconfirmed": OrderState.UNDECIDED,
    "confirmed": OrderState.ACCEPTED,
}


class MappingError(Exception):
    """A shipment lacks what an order cannot be without; the sentence is for the merchant."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def map_shipment(shipment: Mapping[str, Any], read_at: datetime) -> OrderData | OrderProblem:
    """Map one node of the shipments query.

    :param read_at: aware time of reading: Letzshop has no time of change, so it is the
        version of the data.
    """
    try:
        return _order(shipment, read_at)
    except MappingError as error:
        return OrderProblem(
            external_id=text(shipment.get("id")), message=error.sentence, raw=shipment
        )


def variant_of_line(line_id: str) -> str:
    """Letzshop's id of the variant that an order line was made of; empty where Letzshop
    does not know the product any more."""
    if line_id.startswith(_UNIT_PREFIX):
        return ""
    return line_id.partition(_ORDINAL_SIGN)[0]


def piece_state(raw_state: str) -> PieceState:
    """Canonical state of a piece; `OTHER` for a word that is not known."""
    state = _PIECE_STATES.get(raw_state)
    if state is None:
        _logger.info("Letzshop says %r of a piece, which is not known here", raw_state)
        return PieceState.OTHER
    return state


def _order(shipment: Mapping[str, Any], read_at: datetime) -> OrderData:
    external_id = text(shipment.get("id"))
    if not external_id:
        raise MappingError(_lt("The shipment has no id."))
    order = _mapping(shipment.get("order"))
    locale = text(order.get("locale"))
    units = shipment.get("inventoryUnits")
    if not isinstance(units, list) or not units:
        raise MappingError(_lt("The shipment has no pieces."))
    lines, currencies = _lines(units, _language(locale))
    total = _money(order.get("total"), _NO_TOTAL)
    tracking_number, tracking_provider = read_tracking(shipment)
    ship_to = _address(_mapping(order.get("shipAddress")))
    bill_to = _address(_mapping(order.get("billAddress")))
    raw_state = text(shipment.get("state"))
    return OrderData(
        external_id=external_id,
        order_external_id=text(order.get("id")),
        number=text(order.get("number")) or text(shipment.get("number")) or external_id,
        ordered_at=_time(order.get("completedAt")) or read_at,
        version=read_at,
        currency=_currency(currencies, total),
        state=_state(raw_state, lines, bool(tracking_number)),
        raw_state=raw_state,
        lines=lines,
        raw=shipment,
        customer_email=text(order.get("email")),
        customer_phone=ship_to.phone or bill_to.phone,
        language=_language(locale),
        ship_to=ship_to if ship_to != AddressData() else bill_to,
        bill_to=bill_to if bill_to != AddressData() else ship_to,
        total=total.amount if total else None,
        total_currency=(total.currency if total else None) or "",
        shipment_number=text(shipment.get("number")),
        shipping_carrier=carrier_code(read_carrier_type(shipment)),
        tracking_number=tracking_number,
        tracking_provider=tracking_provider,
    )


@dataclass(slots=True)
class _Group:
    """Pieces of one variant at one price."""

    external_id: str
    variant: Mapping[str, Any]
    price: Money | None
    pieces: list[PieceData] = field(default_factory=list)


def _lines(units: Iterable[Any], language: str) -> tuple[tuple[OrderLineData, ...], set[str]]:
    """Lines of the shipment, and the currencies its prices name."""
    groups: dict[tuple[str, Decimal | None], _Group] = {}
    prices_of_variant: dict[str, int] = {}
    seen: set[str] = set()
    for unit in units:
        piece = _piece(_mapping(unit))
        if piece.external_id in seen:
            continue
        seen.add(piece.external_id)
        variant = _mapping(_mapping(unit).get("variant"))
        # A piece of a product that Letzshop no longer knows is a line of its own.
        name = text(variant.get("id")) or f"{_UNIT_PREFIX}{piece.external_id}"
        price = _price(variant)
        key = (name, price.amount if price else None)
        if key not in groups:
            ordinal = prices_of_variant[name] = prices_of_variant.get(name, 0) + 1
            line_id = name if ordinal == 1 else f"{name}{_ORDINAL_SIGN}{ordinal}"
            groups[key] = _Group(line_id, variant, price)
        groups[key].pieces.append(piece)
    prices = [group.price for group in groups.values() if group.price]
    currencies = {price.currency for price in prices if price.currency}
    return tuple(_line(group, language) for group in groups.values()), currencies


def _piece(unit: Mapping[str, Any]) -> PieceData:
    external_id = text(unit.get("id"))
    if not external_id:
        raise MappingError(_lt("A piece of the shipment has no id."))
    raw_state = text(unit.get("state"))
    return PieceData(external_id, piece_state(raw_state), raw_state)


def _line(group: _Group, language: str) -> OrderLineData:
    variant = group.variant
    trade_id = _mapping(variant.get("tradeId"))
    sku = text(variant.get("sku"))
    gtin = text(trade_id.get("number"))
    return OrderLineData(
        external_id=group.external_id,
        name=_product_name(_mapping(variant.get("product")), language) or sku or gtin,
        quantity=Decimal(len(group.pieces)),
        price_unit=group.price.amount if group.price else Decimal(0),
        sku=sku,
        gtin=gtin,
        pieces=tuple(group.pieces),
    )


def _product_name(product: Mapping[str, Any], language: str) -> str:
    name = product.get("name")
    if not isinstance(name, Mapping):
        return text(name)
    for code in (language, *NAME_LANGUAGES, *name):
        found = text(name.get(code))
        if found:
            return found
    return ""


def _state(raw_state: str, lines: Iterable[OrderLineData], tracked: bool) -> OrderState:
    """The pieces say what was decided; the shipment's own word only counts beside them:
    a shipment whose pieces were all refused is `confirmed` too."""
    states = {piece.state for line in lines for piece in line.pieces}
    known = _SHIPMENT_STATES.get(raw_state)
    if known is None:
        _logger.info("Letzshop says %r of a shipment, which is not known here", raw_state)
    if PieceState.UNDECIDED in states:
        return OrderState.UNDECIDED if known else OrderState.OTHER
    if states & {PieceState.ACCEPTED, PieceState.RETURNED}:
        return OrderState.SHIPPED if tracked else OrderState.ACCEPTED
    if states == {PieceState.REFUSED}:
        return OrderState.REFUSED
    return known or OrderState.OTHER


def _address(address: Mapping[str, Any]) -> AddressData:
    country = _mapping(address.get("country"))
    iso = text(country.get("iso")).upper()
    return AddressData(
        name=_joined(address.get("firstName"), address.get("lastName")),
        company=text(address.get("company")),
        street=_joined(address.get("streetName"), address.get("streetNumber")),
        zip=text(address.get("zipCode")),
        city=text(address.get("city")),
        country_code=iso if len(iso) == 2 and iso.isalpha() else "",
        phone=text(address.get("phone")),
    )


def _price(variant: Mapping[str, Any]) -> Money | None:
    """Gross price of a piece; None for a product that Letzshop no longer knows, which
    comes in at zero and without a match, so that a person looks before it is confirmed."""
    if not variant:
        return None
    price = _money(variant.get("price"), _NO_PRICE)
    if price is None:
        raise MappingError(_lt("Letzshop gives no price for a piece of the shipment."))
    return price


def _money(value: Any, problem: Sentence) -> Money | None:
    """:param problem: what is said of a value that is no amount"""
    if value is None or value == "":
        return None
    if isinstance(value, str | int | float):
        try:
            return parse_money(value)
        except MoneyProblem as error:
            raise MappingError(problem.fill(value=str(value)[:_SHOWN])) from error
    raise MappingError(problem.fill(value="?"))


def _currency(currencies: set[str], total: Money | None) -> str:
    if len(currencies) > 1:
        raise MappingError(_lt("The pieces of the shipment are priced in several currencies."))
    if currencies:
        return currencies.pop()
    return (total.currency if total else None) or DEFAULT_CURRENCY


def _time(value: Any) -> datetime | None:
    """Aware time; what says no zone is taken as UTC."""
    try:
        parsed = datetime.fromisoformat(text(value).replace("Z", "+00:00"))
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)


def _language(locale: str) -> str:
    """ISO 639-1 code of `fr`, `de-LU`, `en_US` …; empty for what is none."""
    code = locale.replace("_", "-").split("-")[0].lower()
    return code if len(code) == 2 and code.isalpha() else ""


def _joined(*parts: Any) -> str:
    return " ".join(filter(None, (text(part) for part in parts)))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
