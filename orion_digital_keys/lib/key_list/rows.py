"""Lines of a list of keys, from pasted text, CSV or a spreadsheet, before they are judged."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from .problems import EMPTY, NO_LIST, OLD_SPREADSHEET, LineProblem, UnreadableKeyList

_DELIMITERS = ("\t", ";", ",", "|")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_NO_TEXT = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")
#: Of a hundred lines, how many must have the same cells for a sign to separate columns.
_AGREEMENT = 0.8


@dataclass(frozen=True, slots=True)
class Row:
    """One line.

    :param number: of the line or row in the file, from 1.
    :param cells: at least one; may hold keys.
    :param problems: by index of the cell, what the file itself says is wrong with it.
    :param joint: what stood between the cells.
    :param trouble: what is wrong with the whole line, so that it has no cells to speak of.
    """

    number: int
    cells: tuple[str, ...] = field(repr=False)
    problems: tuple[LineProblem | None, ...] = ()
    joint: str = " "
    trouble: LineProblem | None = None

    @property
    def whole(self) -> str:
        """The line as if nothing separated columns."""
        return self.joint.join(self.cells)

    def cell(self, index: int) -> str:
        """The text of a cell, empty where the row is shorter."""
        return self.cells[index] if index < len(self.cells) else ""

    def problem(self, index: int) -> LineProblem | None:
        """What is wrong with a cell, if that is known."""
        found = self.problems[index] if index < len(self.problems) else None
        return self.trouble or found


def decoded(content: bytes) -> str:
    """The text of a file, in whichever of the usual encodings it is.

    :raises UnreadableKeyList: it is no text.
    """
    if content.startswith(_OLD_OFFICE):
        raise UnreadableKeyList(OLD_SPREADSHEET.fill(kind="XLS"))
    if content.startswith(_NO_TEXT):
        raise UnreadableKeyList(NO_LIST)
    is_wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = _try_decode(content, "utf-16") if is_wide else _try_decode(content, "utf-8-sig")
    if text is None:
        text = content.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise UnreadableKeyList(NO_LIST)
    return text


def _try_decode(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def text_rows(text: str) -> list[Row]:
    """The lines of a text that are not blank, split where they are a table.

    Each line is for itself: a quotation mark that is never closed spoils no other line.

    :raises UnreadableKeyList: nothing but blanks.
    """
    lines = [
        (number, line.strip("\r\ufeff"))
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip().strip("\ufeff")
    ]
    if not lines:
        raise UnreadableKeyList(EMPTY)
    delimiter = _delimiter([line for _number, line in lines])
    return [_row(number, line, delimiter) for number, line in lines]


def _row(number: int, line: str, delimiter: str | None) -> Row:
    """One line; without a delimiter it is one cell, whose quotes are taken off."""
    try:
        [cells] = csv.reader((line.strip(),), delimiter=delimiter or "\x00", strict=True)
    except csv.Error:
        return Row(number, (line,), trouble=LineProblem.BROKEN_QUOTES)
    return Row(number, tuple(cells), joint=delimiter or " ")


def _delimiter(lines: Sequence[str]) -> str | None:
    """The sign that makes most lines rows of the same width, or None where none does."""
    best: tuple[float, str] | None = None
    for sign in _DELIMITERS:
        widths = Counter(_width(line, sign) for line in lines)
        width, count = widths.most_common(1)[0]
        agreement = count / len(lines)
        if width > 1 and agreement >= _AGREEMENT and (best is None or agreement > best[0]):
            best = (agreement, sign)
    return best[1] if best else None


def _width(line: str, sign: str) -> int:
    try:
        return len(next(csv.reader((line,), delimiter=sign)))
    except csv.Error:
        return 0
