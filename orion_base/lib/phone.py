"""Telephone numbers in one notation."""

from __future__ import annotations

import re

import phonenumbers

_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
_LONGEST = 60
#: Emergency and service numbers have three.
_FEWEST_DIGITS = 3


def e164(text: str | None, country: str | None = None) -> str | None:
    """`text` as E.164 (``+352621123456``), or None when it is no valid number.

    :param text: as a person typed it: blanks, brackets, 00 for +, "(0)" behind the country
        code, an extension (which is left out).
    :param country: ISO code of the country of the address; needed for numbers without
        country code.
    """
    typed = (text or "").strip()
    if not typed or len(typed) > _LONGEST:
        return None
    region = (country or "").strip().upper() or None
    number = re.sub(r"^\D*?(\+|00)", "+", typed)
    # "(0)" means: dial the zero at home only.
    zero = "" if number.startswith("+") else "0"
    return _valid(_TRUNK_ZERO.sub(zero, number), region)


def e164_or_original(text: str | None, country: str | None = None) -> str:
    """`text` as E.164, else as it came, without blanks around it: no word is lost. What is
    neither a word nor has digits enough for any number (``-``, ``0``) is empty."""
    typed = (text or "").strip()
    if not any(map(str.isalpha, typed)) and sum(map(str.isdigit, typed)) < _FEWEST_DIGITS:
        return ""
    return e164(typed, country) or typed


def _valid(number: str, region: str | None) -> str | None:
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
