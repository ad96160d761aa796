"""Addresses that are made of a carrier's own and a number."""

from __future__ import annotations

from urllib.parse import quote

from .parcel_number import split_numbers

#: What Odoo has people write in a tracking link where the number goes.
PLACEHOLDER = "<shipmenttrackingnumber>"


def label_url(prefix: str, shipment_number: str) -> str:
    """Address of a label: prefix and number, as they are; empty where one of them is.

    The prefix is not touched: carriers' paths know capitals from small letters.
    """
    prefix, number = prefix.strip(), shipment_number.strip()
    return prefix + quote(number, safe="") if prefix and number else ""


def tracking_urls(template: str, numbers: str) -> list[tuple[str, str]]:
    """(number, address of its page) of each parcel.

    :param template: holds the placeholder, or the number is appended.
    :param numbers: one, or several with commas.
    """
    template = template.strip()
    if not template:
        return []
    return [(number, _with_number(template, number)) for number in split_numbers(numbers)]


def _with_number(template: str, number: str) -> str:
    safe = quote(number, safe="")
    if PLACEHOLDER in template:
        return template.replace(PLACEHOLDER, safe)
    return template + safe
