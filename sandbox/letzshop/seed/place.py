"""A country's places."""

from __future__ import annotations

from typing import NamedTuple

from ..records.country import Country


class Place(NamedTuple):
    """Addresses and phone numbers as people of a country write them.

    :param towns: zip code and name.
    :param phones: with # for a digit.
    """

    country: Country
    towns: tuple[tuple[str, str], ...]
    streets: tuple[str, ...]
    phones: tuple[str, ...]
