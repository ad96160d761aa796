"""Rows of cells to products, column by column: a value that occurs often is read once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from itertools import repeat
from types import MappingProxyType
from typing import Any, ClassVar

from odoo.addons.orion_base.lib.money import Money

from ..product_data import ProductData
from . import cells as read
from .cells import Kept, Refused
from .columns import (
    IGNORED_FIELD,
    NO_CHANNEL_COLUMNS,
    ChannelColumns,
    ColumnMapping,
    attribute_name,
)
from .limits import DEFAULT_LIMITS, Limits
from .problems import BrokenRow, RowError, RowProblem
from .seen_ids import SeenIds

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


_CONVERTERS: Mapping[str, Callable[[str], Any]] = {
    "external_id": read.clean_text,
    "title": read.clean_text,
    "price": read.to_money,
    "sale_price": read.to_money,
    "currency": read.to_currency,
    "gtin": read.to_gtin,
    "tax_rate": read.to_tax_rate,
    "quantity": read.to_quantity,
    "preorder_days": read.to_days,
    "weight": read.to_weight,
    "availability": read.to_availability,
    "condition": read.to_condition,
    "identifier_exists": read.to_flag,
    "adult": read.to_flag,
    "is_digital": read.to_digital,
    "link": read.to_address,
    "image_link": read.to_address,
    "additional_image_links": read.to_addresses,
    "regions": read.to_list,
}
_DEFAULTS: Mapping[str, Any] = {
    each.name: each.default if isinstance(each.default, (str, tuple)) else None
    for each in fields(ProductData)
}
_UNSAFE = re.compile("[\x00\ud800-\udfff]")
_SPECIAL = frozenset({Refused, Kept})
#: Their values seldom occur twice, so looking them up would only cost time.
_MOSTLY_UNIQUE = frozenset({
    "external_id", "title", "description", "link", "image_link", "additional_image_links", "gtin",
    "mpn",
})  # fmt: skip
_SHOWN_IDENTIFIER = 100
_SHOWN_TEXT = 300
#: Characters of a row that are kept with its error, so that it can be corrected and imported;
#: of a larger row the cells are shortened.
_KEPT_ROW = 20_000


class _Memo(dict[str, Any]):
    """Values of cells by their text; forgets all when there are too many."""

    _most: ClassVar[int] = 5000

    def __init__(self, convert: Callable[[str], Any]) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, cell: str) -> Any:
        if len(self) >= self._most:
            self.clear()
        value = self._convert(cell)
        if len(cell) < 200:
            self[cell] = value
        return value


class RowConverter:
    """Makes products of rows; remembers the ids it has met, for each may occur once."""

    def __init__(self, mapping: ColumnMapping, options: ReadOptions) -> None:
        self._mapping = mapping
        self._options = options
        self._seen = SeenIds()
        self._memos: dict[str, _Memo] = {}

    def skip(self, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Take note of the ids of rows that have been imported already."""
        place = next((i for i, name in enumerate(columns) if self._field(name) == "external_id"), 0)
        for _, cells in rows:
            if not isinstance(cells, BrokenRow) and (
                identifier := read.clean_text(cells[place] if place < len(cells) else "")
            ):
                self._seen.add(identifier)

    def convert(
        self, columns: Sequence[str], rows: Iterable[Row]
    ) -> tuple[list[FeedRow], list[RowError]]:
        """A product or an error of each row, both in the order of the rows."""
        self._complete(columns)
        errors: list[RowError] = []
        numbers: list[int] = []
        table: list[Sequence[str]] = []
        for number, cells in rows:
            if isinstance(cells, BrokenRow):
                errors.append(self._broken(columns, number, cells))
            else:
                numbers.append(number)
                table.append(cells)
        if not table:
            return [], errors
        batch = _Batch(columns, numbers, table, list(zip(*table, strict=True)))
        products, refused = self._products(batch)
        overlong = _overlong(batch, self._options.limits.cell)
        found: list[FeedRow] = []
        for place, (number, product) in enumerate(zip(numbers, products, strict=True)):
            problem = self._check(product, overlong.get(place)) or refused.get(place)
            if problem is None:
                found.append(FeedRow(number, product))
            else:
                identifier = product.external_id or product.gtin_given or product.title
                errors.append(_row_error(number, identifier, problem, columns, table[place]))
        errors.sort(key=lambda error: error.row_number)
        return found, errors

    def _field(self, column: str) -> str:
        return self._mapping.fields.get(column, "")

    def _complete(self, columns: Sequence[str]) -> None:
        """Recognise the columns that come up only later, as in XML."""
        if any(column not in self._mapping.fields for column in columns):
            self._mapping = ColumnMapping.recognise(
                columns, channel=self._options.channel, remembered=self._mapping
            )

    def _products(self, batch: _Batch) -> tuple[Iterable[ProductData], dict[int, Refused]]:
        """A product of each row, and what refuses some of them."""
        values: dict[str, Sequence[Any]] = {}
        refused: dict[int, Refused] = {}
        kept: dict[int, dict[str, str]] = {}
        attributes: list[tuple[str, Sequence[str]]] = []
        for column, cells in zip(batch.columns, batch.cells, strict=True):
            name = self._field(column)
            if name == IGNORED_FIELD:
                continue
            converted = list(map(self._converter(name), cells))
            if not name:
                attributes.append((attribute_name(column, self._options.channel), converted))
                continue
            attribute = attribute_name(column, self._options.channel)
            _take_out_special(column, attribute, converted, refused, kept, _empty(name))
            if name in values:
                converted = [a + b for a, b in zip(values[name], converted, strict=True)]
            values[name] = converted
        self._split_compound(values, batch, refused)
        values["language"] = [self._options.language] * len(batch.table)
        values["attributes"] = _attributes(attributes, kept, len(batch.table))
        columns = [
            values[each.name] if each.name in values else repeat(_DEFAULTS[each.name])
            for each in fields(ProductData)
        ]
        return list(map(ProductData, *columns)), refused

    def _converter(self, name: str) -> Callable[[str], Any]:
        convert = _CONVERTERS.get(name, read.clean_text)
        if name == "gtin" and self._options.accept_invalid_gtin:
            convert = _lenient_gtin
        if name in _MOSTLY_UNIQUE:
            return convert
        if name not in self._memos:
            self._memos[name] = _Memo(convert)
        return self._memos[name].__getitem__

    def _split_compound(
        self, values: dict[str, Sequence[Any]], batch: _Batch, refused: dict[int, Refused]
    ) -> None:
        """Money to amount and currency, GTINs to what they are and how they were written."""
        if "gtin" in values:
            found = values["gtin"]
            values["gtin"] = [each.canonical if each else "" for each in found]
            values["gtin_given"] = [each.given if each else "" for each in found]
        prices: Sequence[Money | None] = values.get("price", ())
        sales: Sequence[Money | None] = values.get("sale_price", ())
        named: Sequence[str | None] = values.get("currency", ())
        count = len(batch.table)
        currencies: list[str | None] = []
        for place, several in enumerate(
            zip(
                [each.currency if each else None for each in prices or repeat(None, count)],
                [each.currency if each else None for each in sales or repeat(None, count)],
                named or repeat(None, count),
                strict=True,
            )
        ):
            first = several[0] or several[1] or several[2]
            if first and any(each and each != first for each in several):
                other = next(each for each in several if each and each != first)
                refused.setdefault(
                    place, Refused(RowProblem.CURRENCIES_DIFFER, {"first": first, "second": other})
                )
            currencies.append(first or self._options.currency)
        values["currency"] = currencies
        values["price"] = _amounts(prices, count)
        values["sale_price"] = _amounts(sales, count)

    def _check(self, product: ProductData, overlong: Refused | None) -> Refused | None:
        """What is wrong with id, title and size of a row."""
        limits = self._options.limits
        identifier = product.external_id
        if not identifier:
            return Refused(RowProblem.MISSING_ID, {"column": self._column_of("external_id")})
        is_new = self._seen.add(identifier)
        if len(identifier) > limits.identifier:
            values = {"found": len(identifier), "limit": limits.identifier}
            return Refused(RowProblem.IDENTIFIER_TOO_LONG, values)
        if overlong is not None:
            return overlong
        if not product.title:
            return Refused(RowProblem.MISSING_TITLE, {"column": self._column_of("title")})
        if not is_new:
            return Refused(RowProblem.DUPLICATE_ID, {"value": _short(identifier)})
        return None

    def _column_of(self, name: str) -> str:
        return next(iter(self._mapping.columns_of(name)), name)

    def _broken(self, columns: Sequence[str], number: int, row: BrokenRow) -> RowError:
        """The error of a row whose cells stand where they should at best at its beginning."""
        place = next((i for i, name in enumerate(columns) if self._field(name) == "external_id"), 0)
        identifier = read.clean_text(row.cells[place]) if place < len(row.cells) else ""
        names = [*columns, *(f"+{extra}" for extra in range(1, len(row.cells) + 1))]
        refused = Refused(row.problem, row.values)
        return _row_error(number, identifier, refused, names, row.cells)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Rows of equal width.

    :param cells: by column.
    """

    columns: Sequence[str]
    numbers: Sequence[int]
    table: Sequence[Sequence[str]]
    cells: Sequence[Sequence[str]]


def _overlong(batch: _Batch, limit: int) -> dict[int, Refused]:
    """Cells longer than any may be, by the place of their row."""
    found: dict[int, Refused] = {}
    for column, cells in zip(batch.columns, batch.cells, strict=True):
        if max(map(len, cells)) > limit:
            for place, cell in enumerate(cells):
                if len(cell) > limit:
                    values: dict[str, str | int] = {"column": column, "found": len(cell)}
                    problem = Refused(RowProblem.CELL_TOO_LONG, {**values, "limit": limit})
                    found.setdefault(place, problem)
    return found


def _take_out_special(
    column: str,
    attribute: str,
    converted: list[Any],
    refused: dict[int, Refused],
    kept: dict[int, dict[str, str]],
    empty: Any,
) -> None:
    """Replace what is `Refused` or `Kept` by `empty`, and note it by place."""
    if _SPECIAL.isdisjoint(map(type, converted)):
        return
    for place, value in enumerate(converted):
        if isinstance(value, Refused):
            values = {"column": column, **value.values}
            refused.setdefault(place, Refused(value.problem, values))
            converted[place] = empty
        elif isinstance(value, Kept):
            kept.setdefault(place, {})[attribute] = value.text
            converted[place] = empty


def _attributes(
    columns: Sequence[tuple[str, Sequence[str]]], kept: Mapping[int, dict[str, str]], count: int
) -> Sequence[Mapping[str, str]]:
    """What has no field of its own, row by row."""
    names = [name for name, _ in columns]
    rows = zip(*(cells for _, cells in columns), strict=True) if columns else repeat((), count)
    found = [
        {name: cell for name, cell in zip(names, cells, strict=True) if cell} for cells in rows
    ]
    for place, texts in kept.items():
        found[place].update(texts)
    return list(map(MappingProxyType, found))


def _empty(name: str) -> Any:
    return _DEFAULTS[name]


def _amounts(prices: Sequence[Money | None], count: int) -> Sequence[Decimal | None]:
    return [each.amount if each else None for each in prices or repeat(None, count)]


def _lenient_gtin(cell: str) -> read.GivenGtin:
    found = read.to_gtin(cell)
    return found if isinstance(found, read.GivenGtin) else read.GivenGtin("", read.clean_text(cell))


def _row_error(
    number: int,
    identifier: str,
    refused: Refused,
    columns: Sequence[str],
    cells: Sequence[str],
) -> RowError:
    """The error of a row, with its cells by column."""
    is_cut = sum(map(len, cells)) > _KEPT_ROW
    shown = {
        _safe(name): _safe(cell, _SHOWN_TEXT if is_cut else _KEPT_ROW)
        for name, cell in zip(columns, cells, strict=False)
        if cell
    }
    return RowError(number, _short(identifier), refused.problem, refused.values, shown, is_cut)


def _short(text: str) -> str:
    return _safe(text)[:_SHOWN_IDENTIFIER]


def _safe(text: str, most: int = _SHOWN_TEXT) -> str:
    """A text that database and JSON can hold."""
    cut = text if len(text) <= most else f"{text[: most - 1]}…"
    return _UNSAFE.sub("\ufffd", cut)
