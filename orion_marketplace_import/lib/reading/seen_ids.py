"""Ids met so far, of millions of rows in little memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterable


class SeenIds:
    """Remembers texts by 64 bits of their hash: 10 to 27 bytes each.

    Of a million ids, one in thirty million files has two that are taken for the same.
    """

    def __init__(self) -> None:
        self._mask = (1 << 12) - 1
        self._slots = array("q", bytes(8 << 12))
        self._used = 0

    def add(self, texts: Iterable[str]) -> list[bool]:
        """Remember `texts`; answer which of them were new."""
        return [self._add(hash(text) or 1) for text in texts]

    def __len__(self) -> int:
        return self._used

    def _add(self, wanted: int) -> bool:
        slots, mask = self._slots, self._mask
        place = wanted & mask
        while found := slots[place]:
            if found == wanted:
                return False
            place = (place + 1) & mask
        slots[place] = wanted
        self._used += 1
        if self._used * 5 > mask * 4:
            self._grow()
        return True

    def _grow(self) -> None:
        old = self._slots
        self._mask = mask = (self._mask << 1) | 1
        self._slots = slots = array("q", bytes((mask + 1) * 8))
        for each in old:
            if each:
                place = each & mask
                while slots[place]:
                    place = (place + 1) & mask
                slots[place] = each
