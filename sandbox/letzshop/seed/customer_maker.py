"""Buyers and where they live."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import replace

from ..records.address import Address
from .people import COMPANIES, LONG, LUXEMBOURGISH, PEOPLE, SCRIPTS, SWISS
from .person import Person
from .places import JUNK_PHONES, PLACES

DOMAINS = ("example.com", "example.org", "example.net")


class CustomerMaker:
    """Chooses buyers, who come back, and writes their addresses."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(f"customers {seed}")
        self._homes: dict[str, Address] = {}
        self._scripts = 0

    def choose(self, traits: Collection[str]) -> Person:
        """A buyer that fits the traits."""
        if "luxembourgish" in traits:
            return LUXEMBOURGISH
        if "swiss" in traits:
            return SWISS
        if "long_name" in traits:
            return LONG
        if "company" in traits:
            return self._random.choice(COMPANIES)
        if "script" in traits:
            self._scripts += 1
            return SCRIPTS[self._scripts % len(SCRIPTS)]
        return self._random.choice(PEOPLE)

    def mail(self, person: Person, traits: Collection[str]) -> str | None:
        """The buyer's e-mail; the same for every order, but for its capitals."""
        if "no_mail" in traits:
            return None
        domain = DOMAINS[len(person.mail) % len(DOMAINS)]
        mail = f"{person.mail}@{domain}"
        return mail.title() if "mail_in_capitals" in traits else mail

    def ship_to(self, person: Person, traits: Collection[str]) -> Address:
        """Where the parcel goes."""
        if person.mail not in self._homes:
            self._homes[person.mail] = self._address(person, person.country)
        home = self._homes[person.mail]
        if "moved" in traits:
            home = self._address(person, person.country)
        if "shared_mail" in traits:
            home = replace(home, first_name="Camille")
        if "no_phone" in traits:
            home = replace(home, phone=None)
        if "junk_phone" in traits:
            home = replace(home, phone=self._random.choice(JUNK_PHONES))
        return home

    def bill_to(self, person: Person, ship_to: Address, traits: Collection[str]) -> Address | None:
        """Where the invoice goes."""
        if "no_billing" in traits:
            return None
        if "billing_abroad" in traits:
            return self._address(person, "FR" if person.country != "FR" else "LU")
        if "other_billing" in traits:
            payer = self._random.choice(PEOPLE)
            return self._address(payer, person.country)
        return ship_to

    def _address(self, person: Person, country: str) -> Address:
        place = PLACES[country]
        zip_code, city = self._random.choice(place.towns)
        number = str(self._random.randint(1, 240)) + self._random.choice(("", "", "", "A", " bis"))
        return Address(
            first_name=person.first,
            last_name=person.last,
            company=person.company,
            street_name=self._random.choice(place.streets),
            street_number=number,
            city=city,
            zip_code=zip_code,
            phone=self._phone(self._random.choice(place.phones)),
            country=place.country,
        )

    def _phone(self, pattern: str) -> str:
        digits = (str(self._random.randint(0, 9)) for _ in pattern)
        return "".join(next(digits) if sign == "#" else sign for sign in pattern)
