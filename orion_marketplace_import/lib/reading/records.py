"""Rows of delimited text, where one broken row does not swallow those behind it."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from .limits import Limits
from .lines import OverlongLine
from .problems import BrokenRow, RowProblem

#: Stands for a character that no row may contain.
_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")
_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the cells of a row are told apart."""

    delimiter: str
    quote: str = '"'


def _is_encodable(text: str) -> bool:
    """Whether there are no bytes of another encoding in it, which are lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class QuotedRecord:
    """Takes a row's text piece by piece, and knows whether a quote is still open."""

    def __init__(self, dialect: Dialect) -> None:
        self._delimiter = dialect.delimiter
        self._quote = dialect.quote
        self._open: list[str] | None = None
        self.cells: list[str] = []
        #: A quoted cell went on behind its closing quote.
        self.is_broken = False

    @property
    def is_open(self) -> bool:
        """Whether the row goes on in the next line."""
        return self._open is not None

    def feed(self, text: str) -> None:
        """Take the next line, without its end."""
        place = 0
        if self._open is not None:
            self._open.append("\n")
            place = self._quoted(text, 0)
        while place <= len(text):
            if text.startswith(self._quote, place):
                self._open = []
                place = self._quoted(text, place + 1)
            else:
                end = text.find(self._delimiter, place)
                end = len(text) if end < 0 else end
                self.cells.append(text[place:end])
                place = end + 1

    def _quoted(self, text: str, place: int) -> int:
        """Go on in an open cell; answer where the next one begins, behind the end if none."""
        parts = self._open if self._open is not None else []
        while True:
            end = text.find(self._quote, place)
            if end < 0:
                parts.append(text[place:])
                return len(text) + 1
            parts.append(text[place:end])
            if not text.startswith(self._quote, end + 1):
                break
            parts.append(self._quote)
            place = end + 2
        self._open = None
        behind = text.find(self._delimiter, end + 1)
        behind = len(text) if behind < 0 else behind
        if behind > end + 1 and text[end + 1 : behind].strip():
            self.is_broken = True
            parts.append(text[end + 1 : behind])
        self.cells.append("".join(parts))
        return behind + 1


class RecordReader:
    """Iterates over a table's rows as (number, cells), or (number, `BrokenRow`).

    The number is that of a spreadsheet: a row with line breaks in its cells counts once, blank
    rows count and are left out.

    :param width: number of columns.
    :param first: number of the first row.
    """

    def __init__(
        self, lines: Iterator[str], dialect: Dialect, width: int, limits: Limits, first: int
    ) -> None:
        self._lines = lines
        self._again: deque[str] = deque()
        self._dialect = dialect
        self._strict = csv.reader(
            (), delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True
        ).dialect
        self._width = width
        self._limits = limits
        self._number = first
        self._patience = limits.row_lines

    def __iter__(self) -> Iterator[tuple[int, list[str] | BrokenRow]]:
        quote, delimiter, width = self._dialect.quote, self._dialect.delimiter, self._width
        cell_limit = self._limits.cell
        while (line := self._next()) is not None:
            number = self._number
            self._number += 1
            if "\x00" in line or not (line.isascii() or _is_encodable(line)):
                yield number, self._forbidden(line)
                continue
            cells: list[str] | BrokenRow
            cells = self._quoted(line) if quote in line else line.split(delimiter)
            if len(line) > cell_limit and isinstance(line, OverlongLine):
                cells = self._broken(RowProblem.ROW_TOO_LONG, line, limit=self._limits.row)
            elif not isinstance(cells, BrokenRow):
                if not any(map(str.strip, cells)):
                    continue
                if len(cells) != width:
                    cells = self._ragged(cells)
            yield number, cells

    def _next(self) -> str | None:
        return self._again.popleft() if self._again else next(self._lines, None)

    def _quoted(self, line: str) -> list[str] | BrokenRow:
        """The cells of the row that begins with `line`, which contains quotes."""
        try:
            return next(csv.reader((line,), self._strict))
        except csv.Error:
            record = QuotedRecord(self._dialect)
        record.feed(line)
        taken = self._following(record)
        if record.is_open or record.is_broken or self._is_swallowed([line, *taken], record):
            self._again.extendleft(reversed(taken))
            return self._broken(RowProblem.BROKEN_QUOTES, line)
        if any(map(_FORBIDDEN.search, taken)):
            return self._forbidden("\n".join([line, *taken]))
        return record.cells

    def _following(self, record: QuotedRecord) -> list[str]:
        """Lines until the record is complete, or is taken for broken."""
        taken: list[str] = []
        size = 0
        while record.is_open:
            line = self._next()
            if line is None:
                break
            taken.append(line)
            size += len(line)
            if len(taken) > self._patience or size > self._limits.row:
                # Looking ahead again and again would be slow in a file full of open quotes.
                self._patience = max(8, self._patience // 2)
                break
            record.feed(line)
        return taken

    def _is_swallowed(self, lines: list[str], record: QuotedRecord) -> bool:
        """Whether an open quote has run through rows up to the next quote by chance."""
        if len(lines) == 1:
            return False
        if len(record.cells) != self._width:
            return True
        wanted = self._width - 1
        return wanted > 1 and all(line.count(self._dialect.delimiter) == wanted for line in lines)

    def _ragged(self, cells: list[str]) -> list[str] | BrokenRow:
        width = self._width
        if len(cells) > width and not any(map(str.strip, cells[width:])):
            return cells[:width]
        few = len(cells) < width
        problem = RowProblem.TOO_FEW_CELLS if few else RowProblem.TOO_MANY_CELLS
        return BrokenRow(problem, {"found": len(cells), "wanted": width}, tuple(cells))

    def _forbidden(self, line: str) -> BrokenRow:
        nul = "\x00" in line
        return self._broken(
            RowProblem.FORBIDDEN_CHARACTERS if nul else RowProblem.WRONG_ENCODING, line
        )

    def _broken(self, problem: RowProblem, line: str, **values: int) -> BrokenRow:
        cells = line[: self._limits.cell].split(self._dialect.delimiter, _SHOWN)
        return BrokenRow(problem, values, tuple(cells))
