"""Amounts of money in the notations of Europe, and exact rounding."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Literal

_CODE_LIST = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD "
    "BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB "
    "EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK "
    "JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA "
    "MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK "
    "PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN "
    "SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST "
    "XAF XCD XOF XPF YER ZAR ZMW ZWL"
)
_CODES = frozenset(_CODE_LIST.split())
_SYMBOLS = {
    "€": "EUR",
    "EURO": "EUR",
    "EUROS": "EUR",
    "$": "USD",
    "US$": "USD",
    "£": "GBP",
    "SFR": "CHF",
    "SFR.": "CHF",
    "FR.": "CHF",
    "ZŁ": "PLN",
    "KČ": "CZK",
    "¥": "JPY",
}
_SHAPE = re.compile(
    r"""(?P<before>(?:[^\d\s.,'()+-]+\.?)?)\s*
        (?P<number>[\d.,' ]*\d)
        (?:[.,]-{1,2})?                       # 99,- as price tags say
        \s*(?P<after>(?:[^\d\s.,'()+-]+\.?)?)""",
    re.VERBOSE,
)
_PLAIN_GROUPS = re.compile(r"\d{1,3}(?:([ '])\d{3}(?:\1\d{3})*)?|\d+")
_LONGEST = 60
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


class MoneyProblem(ValueError):
    """The value is no amount of money."""


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount.

    :param currency: ISO 4217 code when the value named one.
    """

    amount: Decimal
    currency: str | None = None


def parse_money(
    value: Decimal | int | float | str, *, decimal_sign: Literal[".", ","] | None = None
) -> Money:
    """The amount and, if written, the currency of `value`; whole numbers are whole units.

    Numbers are taken as they are, floats by their shortest notation. In texts, of ``.`` and
    ``,`` the last one is the decimal sign when both occur. When there is one of them only:

    - twice or more, it separates thousands: ``1.299.000``;
    - followed by exactly three digits, it separates thousands, as prices have two decimals:
      ``1.299`` is 1299;
    - but it is the decimal sign where no thousands separator can stand: behind a zero or
      nothing, behind more than three digits, or beside another separator: ``0.125``,
      ``1234.567``, ``1 299.125``;
    - followed by any other number of digits, it is the decimal sign.

    Blanks of all kinds and apostrophes separate thousands.

    :param decimal_sign: when the source is known to write decimals so: the rules above are
        then not needed.
    :raises MoneyProblem: no number, or none that is finite.
    """
    if isinstance(value, bool) or value is None:
        raise MoneyProblem("no amount")
    if isinstance(value, str):
        return _parse_text(value, decimal_sign)
    amount = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not amount.is_finite():
        raise MoneyProblem("the amount is not a finite number")
    return Money(_no_negative_zero(amount))


def round_money(amount: Decimal, digits: int = 2) -> Decimal:
    """`amount` with `digits` decimals; halves go away from zero.

    :raises MoneyProblem: not a finite number, or too large to be kept exactly.
    """
    try:
        rounded = amount.quantize(Decimal(1).scaleb(-digits), context=_EXACT)
    except InvalidOperation:
        rounded = None
    if rounded is None or not rounded.is_finite():
        raise MoneyProblem("the amount cannot be rounded")
    return _no_negative_zero(rounded)


def to_cents(amount: Decimal, digits: int = 2) -> int:
    """`amount` in the currency's smallest unit, of which `digits` decimals make one."""
    return int(round_money(amount, digits).scaleb(digits, context=_EXACT))


def from_cents(cents: int, digits: int = 2) -> Decimal:
    """The amount of so many of the currency's smallest unit."""
    return Decimal(cents).scaleb(-digits, context=_EXACT)


def _parse_text(value: str, decimal_sign: str | None) -> Money:
    if len(value) > _LONGEST:
        raise MoneyProblem("the text is too long for an amount")
    text, negative = _without_sign("".join(_plain(sign) for sign in value).strip())
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise MoneyProblem("the text is not an amount")
    before, after = match["before"], match["after"]
    if before and after:
        raise MoneyProblem("the amount has two currencies")
    amount = _number(match["number"].strip(), decimal_sign)
    currency = _currency(before or after)
    return Money(_no_negative_zero(-amount if negative else amount), currency)


def _without_sign(text: str) -> tuple[str, bool]:
    """`text` without its sign (in front, behind the currency, at the end, brackets)."""
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1].strip(), True
    match = re.fullmatch(r"([^\d\s.,'()+-]*\.?)\s*([+-])\s*([^+].*)", text)
    if match and not match[3].startswith("-"):
        return f"{match[1]} {match[3]}".strip(), match[2] == "-"
    match = re.fullmatch(r"(.*\d)\s*-\s*([^\d\s.,'()+-]*)", text)
    if match:
        return f"{match[1]} {match[2]}".strip(), True
    return text, False


def _currency(text: str) -> str | None:
    if not text:
        return None
    code = text.upper()
    if code in _CODES:
        return code
    if code not in _SYMBOLS:
        raise MoneyProblem("the currency is not known")
    return _SYMBOLS[code]


def _number(text: str, decimal_sign: str | None) -> Decimal:
    sign = decimal_sign or _decimal_sign(text)
    whole, fraction = text, ""
    if sign and sign in text:
        if text.count(sign) > 1:
            raise MoneyProblem("the amount has two decimal signs")
        whole, fraction = text.split(sign)
        if not fraction.isdigit():
            raise MoneyProblem("the decimals are not digits")
    other = "." if "." in whole else ","
    if other in whole:
        if not re.fullmatch(rf"\d{{1,3}}(?:\{other}\d{{3}})+", whole):
            raise MoneyProblem("the thousands are not separated by three digits")
    elif whole and not _PLAIN_GROUPS.fullmatch(whole):
        raise MoneyProblem("the thousands are not separated by three digits")
    digits = re.sub(r"[ '.,]", "", whole) or "0"
    return Decimal(f"{digits}.{fraction}" if fraction else digits)


def _decimal_sign(text: str) -> str | None:
    """Which sign begins the decimals, by the rules of `parse_money`."""
    last = max(text.rfind("."), text.rfind(","))
    if last < 0:
        return None
    sign = text[last]
    if text.count(sign) > 1:
        return None
    head, tail = text[:last], text[last + 1 :]
    if len(tail) != 3 or not head.isdigit():
        return sign
    return sign if len(head) > 3 or head.startswith("0") else None


def _plain(sign: str) -> str:
    decimal = unicodedata.decimal(sign, None)
    if decimal is not None:
        return str(decimal)
    if sign in "\u2019\u2018\u02bc\u00b4`\uff07":
        return "'"
    category = unicodedata.category(sign)
    if category == "Pd" or sign == "\u2212":
        return "-"
    if category in ("Zs", "Zl", "Zp") or sign in "\t\r\n":
        return " "
    if category == "Cf":
        return ""
    plain = unicodedata.normalize("NFKC", sign)
    # Footnote signs and fractions are no digits of the number they stand at.
    return sign if any(each.isdigit() for each in plain) else plain


def _no_negative_zero(amount: Decimal) -> Decimal:
    return amount if amount else abs(amount)
