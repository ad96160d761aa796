"""GTINs in the many ways people and spreadsheets write them, reduced to one.

The canonical form is the GTIN-14: all shorter ones are the same number with zeros in front,
and the check digit does not change. ISBN-10 has a check digit of its own and becomes ISBN-13.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from dataclasses import dataclass

from stdnum import isbn


class GtinKind(enum.Enum):
    """The notation a GTIN was written in."""

    GTIN_8 = "GTIN-8"
    GTIN_12 = "GTIN-12"
    GTIN_13 = "GTIN-13"
    GTIN_14 = "GTIN-14"
    ISBN_10 = "ISBN-10"
    ISBN_13 = "ISBN-13"


class GtinProblem(enum.Enum):
    """Why a text is no GTIN."""

    EMPTY = "empty"
    NOT_DIGITS = "not_digits"
    WRONG_LENGTH = "wrong_length"
    WRONG_CHECK_DIGIT = "wrong_check_digit"
    #: A spreadsheet has rounded it (``4.00638E+12``): the lost digits cannot be known.
    DAMAGED = "damaged"
    #: Nothing but zeros.
    PLACEHOLDER = "placeholder"


@dataclass(frozen=True, slots=True)
class Gtin:
    """A valid GTIN.

    :param canonical: 14 digits.
    :param kind: how it was written, lost zeros put back.
    :param original: the text as it came.
    """

    canonical: str
    kind: GtinKind
    original: str


_LABEL = re.compile(r"(?:gtin|ean|upc|isbn|jan)(?:[- ]?(?:8|10|12|13|14|a))?\s*[:# ]\s*", re.I)
_EXCEL_TEXT = re.compile(r'=\s*"(.*)"')
_FLOAT_END = re.compile(r"(?<=[0-9])[.,]0+$")
_SCIENTIFIC = re.compile(r"([0-9])(?:[.,]([0-9]*))?e\+?([0-9]{1,2})", re.IGNORECASE)
_STANDARD = {
    8: GtinKind.GTIN_8,
    12: GtinKind.GTIN_12,
    13: GtinKind.GTIN_13,
    14: GtinKind.GTIN_14,
}
_SHORTEST = 8


def parse_gtin(value: str | int | float | None) -> Gtin | GtinProblem:
    """The GTIN that `value` stands for, or why it is none.

    Put up with: blanks, dashes and invisible signs anywhere, digits of any script, labels
    ("ISBN-13: …"), ``.0`` at the end, scientific notation with all its digits, and zeros
    lost in front, if the check digit fits. Fewer than eight digits are never filled up:
    GTIN-8 with a zero in front are not in trade, so this would be some article number.
    """
    original = "" if value is None or isinstance(value, bool) else str(value)
    text = original if original.isascii() and original.isdigit() else _cleaned(original)
    if not text:
        return GtinProblem.EMPTY
    scientific = _SCIENTIFIC.fullmatch(text)
    if scientific:
        head, tail, exponent = scientific[1], scientific[2] or "", int(scientific[3])
        tail = tail.rstrip("0") if len(tail) > exponent else tail
        if len(tail) != exponent:
            return GtinProblem.DAMAGED
        text = head + tail
    if len(text) == 10 and text[:9].isdecimal() and text[9] in "Xx":
        return _from_isbn10(text.upper(), original) or GtinProblem.WRONG_CHECK_DIGIT
    if not text.isdecimal():
        return GtinProblem.NOT_DIGITS
    if not text.strip("0"):
        return GtinProblem.PLACEHOLDER
    return _from_digits(text, original)


def canonical_gtin(value: str | int | float | None) -> str | None:
    """The 14 digits of `value`, or None when it is no GTIN."""
    found = parse_gtin(value)
    return found.canonical if isinstance(found, Gtin) else None


def gtin_variants(canonical: str) -> tuple[str, ...]:
    """All notations of a canonical GTIN under which it may stand as a barcode, longest first.

    :raises ValueError: when `canonical` is no canonical GTIN.
    """
    if canonical_gtin(canonical) != canonical:
        raise ValueError("not a canonical GTIN")
    shorter = (14 - length for length in (13, 12, 8))
    variants = [canonical, *(canonical[cut:] for cut in shorter if not canonical[:cut].strip("0"))]
    if canonical.startswith("0978"):
        variants.append(isbn.to_isbn10(canonical[1:]))
    return tuple(variants)


def _from_digits(digits: str, original: str) -> Gtin | GtinProblem:
    length = len(digits)
    if length < _SHORTEST or length > 14:
        return GtinProblem.WRONG_LENGTH
    # English books start with 0, which spreadsheets drop; a UPC with three zeros in front
    # is rare. So nine and ten digits are tried as a book first.
    book = _from_isbn10(digits.zfill(10), original) if length in (9, 10) else None
    if book is not None:
        return book
    kind = _STANDARD.get(length)
    canonical = digits.zfill(14)
    if not _has_check_digit(canonical):
        return GtinProblem.WRONG_CHECK_DIGIT if kind else GtinProblem.WRONG_LENGTH
    kind = kind or GtinKind.GTIN_12
    if kind is GtinKind.GTIN_13 and digits.startswith(("978", "979")):
        kind = GtinKind.ISBN_13
    return Gtin(canonical, kind, original)


def _has_check_digit(canonical: str) -> bool:
    digits = [int(digit) for digit in canonical]
    return (3 * sum(digits[0::2]) + sum(digits[1::2])) % 10 == 0


def _from_isbn10(text: str, original: str) -> Gtin | None:
    if not isbn.is_valid(text) or not text.strip("0"):
        return None
    return Gtin("0" + isbn.to_isbn13(text), GtinKind.ISBN_10, original)


def _cleaned(text: str) -> str:
    """`text` in plain digits, without label, blanks, dashes and invisible signs."""
    text = "".join(_plain(sign) for sign in text[:200]).strip()
    text = _EXCEL_TEXT.sub(r"\1", text).strip().strip("'\"`").strip()
    text = _LABEL.sub("", text, count=1) if _LABEL.match(text) else text
    if not _SCIENTIFIC.fullmatch(text):
        text = text.replace("-", "")
    return _FLOAT_END.sub("", text.replace(" ", ""))


def _plain(sign: str) -> str:
    decimal = unicodedata.decimal(sign, None)
    if decimal is not None:
        return str(decimal)
    category = unicodedata.category(sign)
    if category in ("Cf", "Cc", "Mn"):
        return " " if sign in "\t\n\r" else ""
    if category in ("Pd", "Zs", "Zl", "Zp") or sign in "\u2212\u2010":
        return " " if category.startswith("Z") else "-"
    plain = unicodedata.normalize("NFKC", sign)
    # Footnote signs and fractions are no digits of the number they stand at.
    return sign if any(each.isdigit() for each in plain) else plain
