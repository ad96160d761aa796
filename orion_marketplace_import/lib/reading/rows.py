"""Rows of cells to products, column by column: a value that occurs often is read once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from hashlib import blake2b
from itertools import compress, repeat
from typing import Any, ClassVar

from odoo.addons.orion_base.lib.money import Money

from ..product_table import DEFAULTS, AttributeTable, ProductTable
from ..staging import digest_of
from . import cells as read
from .cells import Kept, Refused
from .code_version import code_version
from .columns import IGNORED_FIELD, ColumnMapping, attribute_name
from .limits import FIELD_LIMITS, Limits
from .problems import BrokenRow, RowError, RowProblem
from .raw_rows import RawRows, ReadOptions, Row
from .seen_ids import SeenIds

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
_UNSAFE = re.compile("[\x00\ud800-\udfff]")
_SPECIAL = frozenset({Refused, Kept})
#: Their values seldom occur twice, so looking them up would only cost time.
_MOSTLY_UNIQUE = frozenset({
    "external_id", "title", "description", "link", "image_link", "additional_image_links", "gtin",
    "mpn",
})  # fmt: skip
#: The only character that no cell contains: rows with it are errors.
_BETWEEN = "\x00"
#: Of a longer id there is no product.
_SHOWN_IDENTIFIER = 200
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
        whole = [cells for _, cells in rows if not isinstance(cells, BrokenRow)]
        self._seen.add(filter(None, self._ids(columns, whole)))

    def prepare(self, columns: Sequence[str], rows: Sequence[Row]) -> RawRows:
        """What can be told of rows before their cells are understood."""
        self._complete(columns)
        broken = [(number, row) for number, row in rows if isinstance(row, BrokenRow)]
        errors = [self._broken(columns, number, row) for number, row in broken]
        numbers = [number for number, cells in rows if not isinstance(cells, BrokenRow)]
        table = [cells for _, cells in rows if not isinstance(cells, BrokenRow)]
        ids = self._ids(columns, table)
        new = iter(self._seen.add(filter(None, ids)))
        are_first = [bool(each) and next(new) for each in ids]
        return RawRows(columns, numbers, table, ids, are_first, errors)

    def digests(self, raw: RawRows) -> list[str]:
        """A digest of each row: rows that have the same mean the same, whatever comes of them.

        It holds what the meaning depends on as well: columns, mapping, options, and our code.
        """
        meaning = repr((raw.columns, [self._field(name) for name in raw.columns], self._options))
        key = blake2b(meaning.encode("utf-8", "replace"), key=code_version()).digest()
        return [digest_of(_BETWEEN.join(cells), key) for cells in raw.table]

    def convert(self, raw: RawRows) -> tuple[ProductTable, list[int], list[RowError]]:
        """The rows that are products, their numbers, and the errors of the others; all in the
        order of the rows."""
        if not raw.table:
            return ProductTable(0, {}, AttributeTable(0)), [], list(raw.errors)
        columns = list(zip(*raw.table, strict=True))
        table, refused = self._products(raw.columns, columns)
        problems = {**refused, **self._check(raw, table, self._overlong(raw, columns))}
        if not problems:
            return table, list(raw.numbers), list(raw.errors)
        errors = [
            _row_error(
                raw.numbers[place],
                self._identifier(table, place),
                problem,
                raw.columns,
                raw.table[place],
            )
            for place, problem in problems.items()
        ]
        errors = sorted([*errors, *raw.errors], key=lambda error: error.row_number)
        keep = [place not in problems for place in range(len(raw.table))]
        return table.kept(keep), list(compress(raw.numbers, keep)), errors

    @property
    def _limits(self) -> Limits:
        return self._options.limits

    def _ids(self, columns: Sequence[str], table: Sequence[Sequence[str]]) -> list[str]:
        place = self._place_of_id(columns)
        return [read.clean_text(cells[place]) if place < len(cells) else "" for cells in table]

    def _place_of_id(self, columns: Sequence[str]) -> int:
        return next((i for i, name in enumerate(columns) if self._field(name) == "external_id"), 0)

    @staticmethod
    def _identifier(table: ProductTable, place: int) -> str:
        """What tells a row best."""
        names = ("external_id", "gtin_given", "title")
        return next(filter(None, (table.column(name)[place] for name in names)), "")

    def _field(self, column: str) -> str:
        return self._mapping.fields.get(column, "")

    def _complete(self, columns: Sequence[str]) -> None:
        """Recognise the columns that come up only later, as in XML."""
        if any(column not in self._mapping.fields for column in columns):
            self._mapping = ColumnMapping.recognise(
                columns, channel=self._options.channel, remembered=self._mapping
            )

    def _products(
        self, columns: Sequence[str], table: Sequence[Sequence[str]]
    ) -> tuple[ProductTable, dict[int, Refused]]:
        """A product of each row, and what refuses some of them.

        :param table: cells by column.
        """
        values: dict[str, Sequence[Any]] = {}
        refused: dict[int, Refused] = {}
        kept: dict[int, dict[str, str]] = {}
        attributes: list[tuple[str, Sequence[str]]] = []
        count = len(table[0]) if table else 0
        for column, cells in zip(columns, table, strict=True):
            name = self._field(column)
            if name == IGNORED_FIELD:
                continue
            converted = list(map(self._converter(name), cells))
            attribute = attribute_name(column, self._options.channel)
            if not name:
                attributes.append((attribute, converted))
                continue
            _take_out_special(column, attribute, converted, refused, kept, DEFAULTS[name])
            if name in values:
                converted = [a + b for a, b in zip(values[name], converted, strict=True)]
            values[name] = converted
        self._split_compound(values, count, refused)
        values["language"] = [self._options.language] * count
        return ProductTable(count, values, AttributeTable(count, attributes, kept)), refused

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
        self, values: dict[str, Sequence[Any]], count: int, refused: dict[int, Refused]
    ) -> None:
        """Money to amount and currency, GTINs to what they are and how they were written."""
        if "gtin" in values:
            found = values["gtin"]
            values["gtin"] = [each.canonical if each else "" for each in found]
            values["gtin_given"] = [each.given if each else "" for each in found]
        prices: Sequence[Money | None] = values.get("price", ())
        sales: Sequence[Money | None] = values.get("sale_price", ())
        named: Sequence[str | None] = values.get("currency", ())
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

    def _check(
        self, raw: RawRows, table: ProductTable, overlong: Mapping[int, Refused]
    ) -> dict[int, Refused]:
        """What is wrong with id, title and size of rows, by place."""
        most = self._limits.identifier
        found: dict[int, Refused] = {}
        for place, (identifier, title, is_first) in enumerate(
            zip(raw.ids, table.column("title"), raw.are_first, strict=True)
        ):
            if title and is_first and len(identifier) <= most and place not in overlong:
                continue
            if not identifier:
                problem = Refused(RowProblem.MISSING_ID, {"column": self._column_of("external_id")})
            elif len(identifier) > most:
                values = {"found": len(identifier), "limit": most}
                problem = Refused(RowProblem.IDENTIFIER_TOO_LONG, values)
            elif place in overlong:
                problem = overlong[place]
            elif not title:
                problem = Refused(RowProblem.MISSING_TITLE, {"column": self._column_of("title")})
            else:
                problem = Refused(RowProblem.DUPLICATE_ID, {"value": _short(identifier)})
            found[place] = problem
        return found

    def _overlong(self, raw: RawRows, table: Sequence[Sequence[str]]) -> dict[int, Refused]:
        """Cells longer than those of their field may be, by the place of their row.

        :param table: cells by column.
        """
        found: dict[int, Refused] = {}
        for column, cells in zip(raw.columns, table, strict=True):
            limit = FIELD_LIMITS.get(self._field(column), self._limits.cell)
            # most columns are shorter as a whole, which is quicker to see
            if len("".join(cells)) <= limit or max(map(len, cells)) <= limit:
                continue
            for place, cell in enumerate(cells):
                if len(cell) > limit:
                    values: dict[str, str | int] = {"column": column, "found": len(cell)}
                    problem = Refused(RowProblem.CELL_TOO_LONG, {**values, "limit": limit})
                    found.setdefault(place, problem)
        return found

    def _column_of(self, name: str) -> str:
        return next(iter(self._mapping.columns_of(name)), name)

    def _broken(self, columns: Sequence[str], number: int, row: BrokenRow) -> RowError:
        """The error of a row whose cells stand where they should at best at its beginning."""
        place = self._place_of_id(columns)
        identifier = read.clean_text(row.cells[place]) if place < len(row.cells) else ""
        names = [*columns, *(f"+{extra}" for extra in range(1, len(row.cells) + 1))]
        refused = Refused(row.problem, row.values)
        return _row_error(number, identifier, refused, names, row.cells)


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
