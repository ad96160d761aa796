"""A country."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """A country by name and ISO 3166-1 alpha-2 code."""

    name: str
    iso: str
