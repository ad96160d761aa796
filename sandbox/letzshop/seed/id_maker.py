"""Ids and numbers in the marketplace's style."""

from __future__ import annotations

import random
import string

LETTERS = string.ascii_letters + string.digits


class IdMaker:
    """Makes ids and numbers that never come twice, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(f"ids {seed}")
        self._seen: set[str] = set()

    def hash_id(self) -> str:
        """An opaque id: 14 letters and digits."""
        return self._unique("", LETTERS, 14)

    def order_number(self) -> str:
        """R and nine digits."""
        return self._unique("R", string.digits, 9)

    def shipment_number(self) -> str:
        """H and eleven digits."""
        return self._unique("H", string.digits, 11)

    def _unique(self, prefix: str, alphabet: str, length: int) -> str:
        while True:
            value = prefix + "".join(self._random.choices(alphabet, k=length))
            if value not in self._seen:
                self._seen.add(value)
                return value
