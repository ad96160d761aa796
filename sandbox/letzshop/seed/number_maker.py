"""Trade numbers for articles."""

from __future__ import annotations

import random

from ...gtin import isbn10_of, with_check_digit, with_wrong_check_digit
from ..records.trade_id import TradeId

#: Prefixes of Belgium and Luxembourg, France, Germany.
PREFIXES = ("54", "30", "31", "40", "42")


class NumberMaker:
    """Makes trade numbers in the forms that are met, and what the merchant's books have."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(f"numbers {seed}")
        self._seen: set[str] = set()

    def make(self, kind: str) -> tuple[TradeId | None, str | None]:
        """The marketplace's trade id and the number in the merchant's catalogue."""
        if kind == "none":
            return None, None
        if kind == "no_number":
            return TradeId(None, None), None
        if kind.startswith("isbn"):
            return self._book(kind)
        return self._article(kind)

    def _book(self, kind: str) -> tuple[TradeId, str]:
        isbn13 = self._fresh("979" if kind == "isbn979" else "978", 12)
        while kind == "isbn10_x" and not isbn10_of(isbn13).endswith("X"):
            isbn13 = self._fresh("978", 12)
        if kind == "isbn13_hyphens":
            parts = (isbn13[:3], isbn13[3], isbn13[4:8], isbn13[8:12], isbn13[12])
            return TradeId("-".join(parts), "isbn13"), isbn13
        if kind in ("isbn13", "isbn979"):
            return TradeId(isbn13, "isbn13"), isbn13
        isbn10 = isbn10_of(isbn13)
        return TradeId(isbn10, "isbn10"), isbn13 if kind == "isbn10_swap" else isbn10

    def _article(self, kind: str) -> tuple[TradeId, str]:
        """Numbers whose zeros were lost or added on the way included."""
        if kind.startswith("gtin8"):
            number = self._fresh("000" if kind == "gtin8_zeros" else "9", 7)
            return TradeId(number, "gtin8"), number.zfill(13) if "zeros" in kind else number
        if kind.startswith("gtin12"):
            return self._upc(kind)
        if kind == "gtin14":
            number = self._fresh("1" + self._random.choice(PREFIXES), 13)
            return TradeId(number, "gtin14"), number
        if kind == "gtin13_zero":
            number = self._fresh("00" + str(self._random.randint(1, 9)), 12)
            return TradeId(number, "gtin13"), number.lstrip("0")
        number = self._fresh(self._random.choice(PREFIXES), 12)
        if kind == "invalid":
            number = with_wrong_check_digit(number)
        return TradeId(number, "gtin13"), number

    def _upc(self, kind: str) -> tuple[TradeId, str]:
        number = self._fresh("0" if kind == "gtin12_zero" else "7", 11)
        if kind == "gtin12_as13":
            return TradeId("0" + number, "gtin13"), number
        return TradeId(number, "gtin12"), "0" + number if kind == "gtin12_zero" else number

    def _fresh(self, prefix: str, length: int) -> str:
        """A number with its check digit that was not given out before."""
        while True:
            digits = self._random.choices("0123456789", k=length - len(prefix))
            number = with_check_digit(prefix + "".join(digits))
            if number not in self._seen:
                self._seen.add(number)
                return number
