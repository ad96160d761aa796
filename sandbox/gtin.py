"""Check digits of article numbers."""

from __future__ import annotations


def gtin_check_digit(body: str) -> str:
    """The check digit that completes `body` (7, 11, 12 or 13 digits)."""
    total = sum(
        int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body))
    )
    return str(-total % 10)


def isbn10_check_digit(body: str) -> str:
    """The check digit, or X, that completes the nine digits of `body`."""
    total = sum(int(digit) * (10 - place) for place, digit in enumerate(body))
    value = -total % 11
    return "X" if value == 10 else str(value)


def with_check_digit(body: str) -> str:
    """`body` and its GTIN check digit."""
    return body + gtin_check_digit(body)


def isbn10_of(isbn13: str) -> str:
    """The older form of a 978 ISBN."""
    return isbn13[3:12] + isbn10_check_digit(isbn13[3:12])


def with_wrong_check_digit(number: str) -> str:
    """`number` with another last digit, so that it can not be right."""
    return number[:-1] + str((int(number[-1]) + 5) % 10)
