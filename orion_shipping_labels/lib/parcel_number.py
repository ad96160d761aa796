"""Numbers that carriers print on parcels: cleaning them, and whose they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

#: Longer texts are no number of a parcel; patterns are not tried on them.
LONGEST_NUMBER = 60
#: Commas, and ends of lines and cells.
_SEPARATORS = re.compile(r"[,;\t\n\r\v\f\x85\u2028\u2029]")
#: Carriers print numbers in groups, but not in groups that are as long.
_SHORTEST_NUMBER = 10
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

    Several numbers are separated by commas: `"1Z 99, 1Z 98"` becomes `"1Z99,1Z98"`.
    """
    return ",".join(split_numbers(text))


def split_numbers(text: str) -> tuple[str, ...]:
    """The single numbers of a text that may hold several, each once.

    They stand apart by commas, semicolons, tabs or lines; by spaces where each is too long to be
    a group of one number.
    """
    plain = unicodedata.normalize("NFKC", text)
    # without its space an accent joins the letter before it
    parts = (
        unicodedata.normalize("NFKC", _INVISIBLE.sub("", number))
        for part in _SEPARATORS.split(plain)
        for number in _apart(part)
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


def _apart(part: str) -> list[str]:
    """The numbers of a text without other separators than spaces."""
    groups = part.split()
    several = len(groups) > 1 and all(
        len(group) >= _SHORTEST_NUMBER and any(character.isdigit() for character in group)
        for group in groups
    )
    return groups if several else [part]


def _check_pattern(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern}: {error}") from error


def _fits(number: str, patterns: Iterable[str]) -> bool:
    if not number or len(number) > LONGEST_NUMBER:
        return False
    return any(re.fullmatch(pattern, number, re.IGNORECASE) for pattern in patterns)
