"""Numbers that carriers print on parcels: cleaning them, and whose they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

#: Longer texts are no number of a parcel; patterns are not tried on them.
LONGEST_NUMBER = 60
_SEPARATORS = re.compile(r"[,;]")
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")


@dataclass(frozen=True, slots=True)
class NumberRule:
    """What the numbers of a carrier look like.

    :param carrier: id of the carrier.
    :param patterns: regular expressions; one of them fits the whole number.
    """

    carrier: int
    patterns: tuple[str, ...]


def clean_number(text: str) -> str:
    """A number as the carrier knows it: no white space, wide forms made plain.

    Several numbers stay separated by commas: `"1Z 99, 1Z 98"` becomes `"1Z99,1Z98"`.
    """
    return ",".join(split_numbers(text))


def split_numbers(text: str) -> tuple[str, ...]:
    """The single numbers of a text that may hold several, each once."""
    plain = unicodedata.normalize("NFKC", text)
    # without its space an accent joins the letter before it
    parts = (
        unicodedata.normalize("NFKC", _INVISIBLE.sub("", part)) for part in _SEPARATORS.split(plain)
    )
    return tuple(dict.fromkeys(part for part in parts if part))


def parse_patterns(text: str) -> tuple[str, ...]:
    """The patterns of a text with one a line.

    :raises ValueError: a line that is no regular expression; says which.
    """
    patterns = tuple(line.strip() for line in text.splitlines() if line.strip())
    for pattern in patterns:
        _check_pattern(pattern)
    return patterns


def detect_carrier(number: str, rules: Iterable[NumberRule]) -> int | None:
    """Id of the one carrier whose pattern fits; None where none fits, or several do: a guess
    would send the customer to the wrong page."""
    found = {rule.carrier for rule in rules if _fits(number, rule.patterns)}
    return found.pop() if len(found) == 1 else None


def _check_pattern(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern}: {error}") from error


def _fits(number: str, patterns: Iterable[str]) -> bool:
    if not number or len(number) > LONGEST_NUMBER:
        return False
    return any(re.fullmatch(pattern, number, re.IGNORECASE) for pattern in patterns)
