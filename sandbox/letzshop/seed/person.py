"""A customer."""

from __future__ import annotations

from typing import NamedTuple


class Person(NamedTuple):
    """Who buys, and from where."""

    first: str
    last: str
    mail: str
    locale: str | None
    country: str
    company: str | None = None
