"""Ways to write an amount."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

SIGNS = {"EUR": "€", "CHF": "CHF"}


def _plain(amount: Decimal, _currency: str) -> str:
    return f"{amount:.2f}"


def _number(amount: Decimal, _currency: str) -> float | int:
    return int(amount) if amount == int(amount) else float(amount)


def _with_code(amount: Decimal, currency: str) -> str:
    return f"{amount:.2f} {currency}"


def _with_sign(amount: Decimal, currency: str) -> str:
    return f"{amount:.2f} {SIGNS[currency]}".replace(".", ",")


def _french(amount: Decimal, currency: str) -> str:
    grouped = f"{amount:,.2f}".replace(",", "\u202f").replace(".", ",")
    return f"{grouped}\u00a0{SIGNS[currency]}"


def _german(amount: Decimal, _currency: str) -> str:
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


def _english(amount: Decimal, _currency: str) -> str:
    return f"{amount:,.2f}"


#: Shapes by name; all but the first come by a fault.
MONEY_SHAPES: dict[str, Callable[[Decimal, str], str | int | float]] = {
    "plain": _plain,
    "number": _number,
    "code": _with_code,
    "sign": _with_sign,
    "french": _french,
    "german": _german,
    "english": _english,
}
#: Shapes that say which currency it is.
_NAMING = frozenset({"code", "sign", "french"})


def in_shape(shape: str, amount: Decimal, currency: str) -> str | int | float:
    """The amount; what is not in euros names its currency in every shape."""
    written = MONEY_SHAPES[shape](amount, currency)
    return written if currency == "EUR" or shape in _NAMING else f"{written} {currency}"
