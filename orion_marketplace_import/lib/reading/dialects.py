"""Which signs separate the cells of a table, and which row names its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .columns import NO_CHANNEL_COLUMNS, ChannelColumns, is_known, unique_headers
from .limits import Limits
from .problems import FileProblem, UnreadableFeed
from .records import Dialect, QuotedRecord

DELIMITERS: tuple[str, ...] = (",", ";", "\t", "|")
_HEADER_LINES = 20
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_IN_APOSTROPHES = re.compile(r"'(?:[^']|'')*'")
_ANY_DELIMITER = re.compile(r"[,;\t|]")


@dataclass(frozen=True, slots=True)
class Header:
    """The row that names the columns.

    :param row: its number, from 1.
    :param lines: how many lines of the file it ends after.
    """

    dialect: Dialect
    columns: tuple[str, ...]
    row: int
    lines: int


def detect_header(
    lines: Sequence[str], limits: Limits, channel: ChannelColumns = NO_CHANNEL_COLUMNS
) -> Header:
    """The header of a table and its dialect, from its first lines.

    The delimiter is the one with which most columns are recognised; else the one that
    separates the same number of cells in most lines.

    :raises UnreadableFeed: no columns, or too many.
    """
    start, delimiters = 0, DELIMITERS
    separator = _SEPARATOR_LINE.fullmatch(lines[0]) if lines else None
    if separator:
        start, delimiters = 1, (separator[1],)
    while start < len(lines) and not lines[start].strip():
        start += 1
    if start == len(lines):
        raise UnreadableFeed(FileProblem.EMPTY)
    dialect = _best_dialect(lines[start:], delimiters, channel)
    known, consistent, width = _score(dialect, lines[start:], channel)
    if not known and (width < 2 or not consistent):
        raise UnreadableFeed(FileProblem.NO_TABLE)
    cells, used = _header_cells(lines[start:], dialect)
    columns = _repaired(cells, channel)
    if len(columns) > limits.columns:
        raise UnreadableFeed(FileProblem.TOO_MANY_COLUMNS, columns=limits.columns)
    return Header(dialect, unique_headers(columns), start + 1, start + used)


def _score(dialect: Dialect, lines: Sequence[str], channel: ChannelColumns) -> tuple[int, int, int]:
    """Recognised columns, lines as wide as the header, and its width."""
    header, used = _header_cells(lines, dialect)
    known = sum(is_known(cell, channel) for cell in header)
    width = len(header)
    like_header = sum(len(_cells(line, dialect)) == width for line in lines[used:] if line.strip())
    return known, like_header if width > 1 else 0, width


def _header_cells(lines: Sequence[str], dialect: Dialect) -> tuple[list[str], int]:
    """The cells of the first row, and how many lines it has."""
    record = QuotedRecord(dialect)
    for number, line in enumerate(lines[:_HEADER_LINES], start=1):
        record.feed(line)
        if not record.is_open:
            return record.cells, number
    return _cells(lines[0], dialect), 1


def _cells(line: str, dialect: Dialect) -> list[str]:
    record = QuotedRecord(dialect)
    record.feed(line)
    return record.cells


def _best_dialect(
    lines: Sequence[str], delimiters: Sequence[str], channel: ChannelColumns
) -> Dialect:
    scored = (
        (_score(Dialect(sign), lines, channel), -rank, sign) for rank, sign in enumerate(delimiters)
    )
    *_, delimiter = max(scored)
    return Dialect(delimiter, "'" if _has_apostrophe_quotes(lines, delimiter) else '"')


def _has_apostrophe_quotes(lines: Sequence[str], delimiter: str) -> bool:
    """Whether apostrophes are plainly the quotes, and the usual one does not occur.

    Plainly: they enclose the header's names, or all filled cells below, or rows are as wide as
    each other only by them. Elsewhere they belong to the text: `'t Hof`, or `'=1` of those who
    fear formulas.
    """
    rows = [line for line in lines if line.strip()]
    if any('"' in row for row in rows):
        return False
    filled = [[cell.strip() for cell in row.split(delimiter) if cell.strip()] for row in rows]
    if filled[0] and all(map(_IN_APOSTROPHES.fullmatch, filled[0])):
        return True
    below = [cell for cells in filled[1:] for cell in cells]
    if below and all(map(_IN_APOSTROPHES.fullmatch, below)):
        return True
    plain, quoted = ({len(_cells(row, Dialect(delimiter, sign))) for row in rows} for sign in "\"'")
    return len(quoted) < len(plain)


def _repaired(columns: Sequence[str], channel: ChannelColumns) -> list[str]:
    """A name with another delimiter in it is several, when all of them are recognised."""
    repaired: list[str] = []
    for column in columns:
        parts = _ANY_DELIMITER.split(column)
        several = len(parts) > 1 and all(is_known(part, channel) for part in parts)
        repaired.extend(parts if several else [column])
    return repaired
