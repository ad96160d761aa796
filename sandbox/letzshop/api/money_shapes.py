"""Ways to write an amount."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

SIGNS = {"EUR": "€", "CHF": "CHF"}


def plain(amount: Decimal, _currency: str = "EUR") -> str:
    """Like 1299.00."""
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
    "plain": plain,
    "number": _number,
    "code": _with_code,
    "sign": _with_sign,
    "french": _french,
    "german": _german,
    "english": _english,
}
