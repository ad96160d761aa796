"""Rows that were not imported, as a feed: to be corrected, and read again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .feed_writer import FORMULA_SIGNS
from .reading.columns import PROBLEM_COLUMN, ROW_NUMBER_COLUMN

_ROWS = 500


@dataclass(frozen=True, slots=True)
class RowToCorrect:
    """A row and what is wrong with it.

    :param cells: by column name; what is not there is empty.
    """

    number: int
    problem: str
    cells: Mapping[str, str]


def row_file(columns: Sequence[str], rows: Iterable[RowToCorrect]) -> Iterator[bytes]:
    """CSV in pieces, as spreadsheets open it by a double click: UTF-8 with byte order mark.

    Texts keep their line breaks; none is a formula, and the reader takes the quote that guards
    it away again. The columns in front, which say what is wrong, are not imported.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([ROW_NUMBER_COLUMN, PROBLEM_COLUMN, *columns])
    yield b"\xef\xbb\xbf"
    for number, row in enumerate(rows, start=1):
        cells = [guarded(row.cells.get(column, "")) for column in columns]
        writer.writerow([row.number, guarded(row.problem), *cells])
        if number % _ROWS == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def guarded(text: str) -> str:
    """`text` with a quote in front where a spreadsheet would calculate it."""
    stripped = text.strip()
    return f"'{stripped}" if stripped.lstrip("'").startswith(FORMULA_SIGNS) else text


def _taken(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode("utf-8", errors="replace")
    buffer.seek(0)
    buffer.truncate()
    return data
