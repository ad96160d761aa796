"""Rows before and after their cells are understood."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import compress

from ..product_data import ProductData
from .columns import NO_CHANNEL_COLUMNS, ChannelColumns
from .limits import DEFAULT_LIMITS, Limits
from .problems import BrokenRow, RowError

Row = tuple[int, Sequence[str] | BrokenRow]


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a file's cells are understood.

    :param language: ISO 639-1 code of its texts.
    :param currency: ISO 4217, of prices that name none.
    :param accept_invalid_gtin: take a product without its GTIN where that is invalid, instead of
        refusing the row.
    """

    language: str = ""
    currency: str | None = None
    accept_invalid_gtin: bool = False
    channel: ChannelColumns = NO_CHANNEL_COLUMNS
    limits: Limits = DEFAULT_LIMITS


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A row that is a product, with its number as in `RowError`."""

    number: int
    product: ProductData


@dataclass(frozen=True, slots=True)
class RawRows:
    """Rows whose cells are told apart and not understood yet; all are of equal width.

    :param ids: the product's id of each row, empty where it has none.
    :param are_first: whether no earlier row of the file has the id; it needs one.
    :param errors: of the rows whose cells could not be told apart.
    """

    columns: Sequence[str]
    numbers: Sequence[int]
    table: Sequence[Sequence[str]]
    ids: Sequence[str]
    are_first: Sequence[bool]
    errors: Sequence[RowError]

    def without(self, places: Collection[int]) -> RawRows:
        """The same without some rows."""
        if not places:
            return self
        keep = [place not in places for place in range(len(self.table))]
        return RawRows(
            self.columns,
            list(compress(self.numbers, keep)),
            list(compress(self.table, keep)),
            list(compress(self.ids, keep)),
            list(compress(self.are_first, keep)),
            self.errors,
        )
