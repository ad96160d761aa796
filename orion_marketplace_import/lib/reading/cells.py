"""What a cell means, field by field.

A converter answers the value; a `Refused` when the row must not be imported with this cell; a
`Kept` when the cell says nothing that is understood, and is kept as an attribute.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from odoo.addons.orion_base.lib.gtin import Gtin, GtinProblem, parse_gtin
from odoo.addons.orion_base.lib.money import Money, MoneyProblem, parse_money

from ..feed_writer import unquoted_text
from .problems import RowProblem


@dataclass(frozen=True, slots=True)
class Refused:
    """The row is an error because of this cell."""

    problem: RowProblem
    values: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Kept:
    """The cell is kept as it is, and its field stays empty."""

    text: str


_SHOWN = 60
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff]")
_MAXIMUM_PRICE = Decimal(10) ** 12
_CENTS = Decimal("0.01")
_PLAIN_AMOUNT = re.compile(r"(\d{1,9}\.\d\d)( ?EUR| ?€)?", re.ASCII)
_NO_GTIN = frozenset({
    "-", "--", "---", ".", "/", "n/a", "na", "n.a.", "none", "null", "nil", "no", "false", "nan",
    "#n/a", "does not apply", "does_not_apply", "doesnotapply", "not applicable", "aucun", "sans",
    "keine", "ohne", "kein", "entfällt", "unknown", "inconnu", "unbekannt",
})  # fmt: skip
_WORDS = re.compile(r"[\W_]+")


def clean_text(cell: str) -> str:
    """A text without blanks around, control characters, and the quote that guards a formula."""
    text = cell.strip()
    if not text.isprintable():
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        text = _CONTROLS.sub("", text).strip()
    return unquoted_text(text) if text[:1] == "'" else text


def to_money(cell: str) -> Money | Refused | None:
    """A price, not negative; amounts have at least two decimals, and no zeros behind them."""
    plain = _PLAIN_AMOUNT.fullmatch(cell)
    if plain:
        return Money(Decimal(plain[1]), "EUR" if plain[2] else None)
    text = clean_text(cell)
    if not text:
        return None
    try:
        money = parse_money(text)
    except MoneyProblem:
        return _refused(RowProblem.PRICE_NOT_AMOUNT, text)
    if money.amount < 0:
        return _refused(RowProblem.PRICE_NEGATIVE, text)
    if money.amount >= _MAXIMUM_PRICE:
        return _refused(RowProblem.PRICE_TOO_LARGE, text)
    return Money(_plain_decimal(money.amount, 2), money.currency)


def to_currency(cell: str) -> str | Refused | None:
    """A currency's ISO 4217 code."""
    text = clean_text(cell)
    if not text:
        return None
    try:
        return parse_money(f"1 {text}").currency
    except MoneyProblem:
        return _refused(RowProblem.CURRENCY_UNKNOWN, text)


@dataclass(frozen=True, slots=True)
class GivenGtin:
    """A GTIN and how it was written; `canonical` is empty where there is none."""

    canonical: str
    given: str


_NO_NUMBER = GivenGtin("", "")


def to_gtin(cell: str) -> GivenGtin | Refused:
    """A GTIN, or none where the cell says so (``n/a``, zeros)."""
    text = clean_text(cell)
    if not text:
        return _NO_NUMBER
    found = parse_gtin(text)
    if isinstance(found, Gtin):
        return GivenGtin(found.canonical, text)
    if found in {GtinProblem.EMPTY, GtinProblem.PLACEHOLDER} or text.casefold() in _NO_GTIN:
        return GivenGtin("", text)
    if found is GtinProblem.DAMAGED:
        return _refused(RowProblem.GTIN_DAMAGED, text)
    return _refused(RowProblem.GTIN_INVALID, text, reason=found.value)


def to_tax_rate(cell: str) -> Decimal | Refused | None:
    """A tax rate in percent, 0 to 100."""
    text = clean_text(cell)
    if not text:
        return None
    try:
        money = parse_money(text.removesuffix("%").strip(), decimal_sign=_sign_of(text))
    except MoneyProblem:
        return _refused(RowProblem.TAX_RATE_INVALID, text)
    if money.currency or not 0 <= money.amount <= 100:
        return _refused(RowProblem.TAX_RATE_INVALID, text)
    return _plain_decimal(money.amount, 0)


def to_quantity(cell: str) -> int | Refused | None:
    """Pieces in stock; less than none is none."""
    number = _whole(clean_text(cell))
    return max(0, number) if isinstance(number, int) else number


def to_days(cell: str) -> int | Kept | None:
    """A number of days."""
    text = clean_text(cell)
    number = _whole(text)
    return Kept(text) if isinstance(number, Refused) or (number or 0) < 0 else number


_WEIGHTS = {
    "": Decimal(1), "kg": Decimal(1), "kgs": Decimal(1), "kilo": Decimal(1),
    "g": Decimal("0.001"), "gr": Decimal("0.001"), "mg": Decimal("0.000001"),
    "t": Decimal(1000), "lb": Decimal("0.45359237"), "lbs": Decimal("0.45359237"),
    "oz": Decimal("0.028349523125"),
}  # fmt: skip
_WEIGHT = re.compile(r"([\d.,' ]*\d)\s*([a-z]*)\.?", re.IGNORECASE | re.ASCII)


def to_weight(cell: str) -> Decimal | Kept | None:
    """A weight in kilograms; without a unit it is one already."""
    text = clean_text(cell)
    match = _WEIGHT.fullmatch(text)
    if not text or match is None:
        return Kept(text) if text else None
    factor = _WEIGHTS.get(match[2].casefold())
    try:
        amount = parse_money(match[1], decimal_sign=_sign_of(match[1])).amount
    except MoneyProblem:
        return Kept(text)
    if factor is None or amount > 1_000_000:
        return Kept(text)
    return _plain_decimal(amount * factor, 0)


_AVAILABILITY: Mapping[str, tuple[str, ...]] = {
    "in_stock": (
        "in stock", "instock", "available", "yes", "true", "1", "en stock", "disponible", "oui",
        "auf lager", "lieferbar", "verfugbar", "vorratig", "ja", "limited availability",
        "in store", "onlineonly", "online only", "https schema org instock",
        "http schema org instock",
    ),
    "out_of_stock": (
        "out of stock", "outofstock", "unavailable", "not available", "sold out", "soldout", "no",
        "false", "0", "rupture de stock", "en rupture", "en rupture de stock", "epuise",
        "indisponible", "non", "non disponible", "nicht auf lager", "nicht lieferbar",
        "nicht verfugbar", "ausverkauft", "nein", "discontinued", "https schema org outofstock",
        "http schema org outofstock",
    ),
    "preorder": ("preorder", "pre order", "precommande", "pre commande", "vorbestellung",
                 "vorbestellbar", "https schema org preorder", "http schema org preorder"),
    "backorder": ("backorder", "back order", "available for order", "sur commande",
                  "nachbestellt", "bestellbar", "https schema org backorder",
                  "http schema org backorder"),
}  # fmt: skip
_CONDITION: Mapping[str, tuple[str, ...]] = {
    "new": ("new", "neuf", "neuve", "nouveau", "neu", "newcondition", "brand new"),
    "refurbished": ("refurbished", "reconditionne", "reconditionnee", "remis a neuf",
                    "generaluberholt", "erneuert", "aufbereitet", "refurbishedcondition"),
    "used": ("used", "occasion", "d occasion", "usage", "gebraucht", "usedcondition",
             "second hand", "pre owned"),
}  # fmt: skip
_FLAGS: Mapping[str, tuple[str, ...]] = {
    "true": ("true", "yes", "1", "y", "ja", "wahr", "oui", "vrai", "x"),
    "false": ("false", "no", "0", "n", "nein", "falsch", "non", "faux"),
}
_DIGITAL: Mapping[str, tuple[str, ...]] = {
    "true": (*_FLAGS["true"], "digital", "numerique", "virtual", "download", "virtuel", "virtuell"),
    "false": (*_FLAGS["false"], "physical", "physique", "physisch", "goods"),
}


def word_converter(words: Mapping[str, tuple[str, ...]]) -> Callable[[str], str | Kept]:
    """A converter to the canonical word of a cell; other words are kept as attributes."""
    known = {word: canonical for canonical, several in words.items() for word in several}

    def convert(cell: str) -> str | Kept:
        text = clean_text(cell)
        return known.get(_plain_words(text)) or (Kept(text) if text else "")

    return convert


to_availability = word_converter(_AVAILABILITY)
to_condition = word_converter(_CONDITION)
_to_flag_word = word_converter(_FLAGS)
_to_digital_word = word_converter(_DIGITAL)


def to_flag(cell: str) -> bool | Kept | None:
    """Yes or no, in the feeds' languages."""
    return _as_flag(_to_flag_word(cell))


def to_digital(cell: str) -> bool | Kept | None:
    """Whether a product is digital."""
    return _as_flag(_to_digital_word(cell))


def to_address(cell: str) -> str | Kept:
    """An http or https address."""
    text = clean_text(cell)
    if not text or _is_address(text):
        return text
    return Kept(text)


_BETWEEN_ADDRESSES = re.compile(r"[\s,;|]+(?=https?://)", re.IGNORECASE)


def to_addresses(cell: str) -> tuple[str, ...] | Kept:
    """Several http or https addresses, separated by comma, semicolon, pipe or blank."""
    text = clean_text(cell)
    found = tuple(part.rstrip(",;| ") for part in _BETWEEN_ADDRESSES.split(text)) if text else ()
    return found if all(map(_is_address, found)) else Kept(text)


def to_list(cell: str) -> tuple[str, ...]:
    """Words separated by comma, semicolon or pipe."""
    return tuple(part for each in re.split("[,;|]", clean_text(cell)) if (part := each.strip()))


def _is_address(text: str) -> bool:
    return text[:8].lower().startswith(("http://", "https://")) and len(text.split()) == 1


def _as_flag(word: str | Kept) -> bool | Kept | None:
    return word if isinstance(word, Kept) else {"true": True, "false": False}.get(word)


def _whole(text: str) -> int | Refused | None:
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    if not text:
        return None
    try:
        money = parse_money(text)
    except MoneyProblem:
        return _refused(RowProblem.QUANTITY_INVALID, text)
    if money.currency or money.amount != int(money.amount) or abs(money.amount) > 2**31 - 1:
        return _refused(RowProblem.QUANTITY_INVALID, text)
    return int(money.amount)


def _plain_words(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold()[:100])
    letters = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return _WORDS.sub(" ", letters).strip()


def _sign_of(text: str) -> Literal[".", ","] | None:
    """Weights and rates have no thousands, so a lone sign begins the decimals."""
    if text.count(".") + text.count(",") != 1:
        return None
    return "." if "." in text else ","


def _plain_decimal(amount: Decimal, digits: int) -> Decimal:
    """`amount` without zeros at its end, but with at least `digits` decimals."""
    plain = amount.normalize()
    exponent = plain.as_tuple().exponent
    wanted = -digits
    if isinstance(exponent, int) and exponent > wanted:
        return plain.quantize(Decimal(1).scaleb(wanted))
    return plain


def _refused(problem: RowProblem, text: str, **values: str) -> Refused:
    shown = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
    return Refused(problem, {"value": shown, **values})
