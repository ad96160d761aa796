"""A postal address."""

from __future__ import annotations

from dataclasses import dataclass

from .country import Country


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; what the customer left out is None."""

    first_name: str | None
    last_name: str | None
    company: str | None
    street_name: str | None
    street_number: str | None
    city: str | None
    zip_code: str | None
    phone: str | None
    country: Country | None
