"""Rows of a spreadsheet with keys: the first visible sheet, cells as a person sees them."""

from __future__ import annotations

import datetime
import io
import re
import warnings
import zipfile
import zlib
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from .problems import (
    DAMAGED_SPREADSHEET,
    EMPTY,
    ENCRYPTED,
    TOO_LARGE,
    LineProblem,
    UnreadableKeyList,
)
from .rows import Row

UNPACKED_MEGABYTES = 100
_MOST_COLUMNS = 50
#: A spreadsheet keeps fifteen digits of a number.
_SAFE_NUMBER = 10**15
_ZEROS = re.compile(r"0+")
_DAMAGES = (
    AttributeError, EOFError, IndexError, InvalidFileException, KeyError, NotImplementedError,
    OSError, OverflowError, RuntimeError, SyntaxError, TypeError, ValueError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip


def is_spreadsheet(content: bytes) -> bool:
    """Whether it is XLSX, told by what is in it; one that is cut counts."""
    if not content.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except _DAMAGES:
        return True


def sheet_rows(content: bytes) -> list[Row]:
    """The rows that are not blank.

    :raises UnreadableKeyList: damaged, too large, or blank.
    """
    _check_parts(content)
    try:
        with warnings.catch_warnings():
            # About styles and validations, which are of no use here.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            sheets = book.worksheets
            sheet = next((each for each in sheets if each.sheet_state == "visible"), sheets[0])
            sheet.reset_dimensions()
            rows = [
                _row(number, cells)
                for number, cells in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS), start=1)
            ]
    except _DAMAGES:
        raise UnreadableKeyList(DAMAGED_SPREADSHEET) from None
    filled = [row for row in rows if any(cell.strip() for cell in row.cells)]
    if not filled:
        raise UnreadableKeyList(EMPTY)
    return filled


def _row(number: int, cells: Any) -> Row:
    read = [_read(cell) for cell in cells]
    # a spreadsheet has as many columns as anybody wants
    while len(read) > 1 and read[-1] == ("", None):
        read.pop()
    return Row(number, tuple(text for text, _ in read), tuple(problem for _, problem in read))


def _read(cell: Any) -> tuple[str, LineProblem | None]:
    """A cell's text, and what happened to it if it is no text."""
    value = cell.value
    if value is None:
        return "", None
    if isinstance(value, str):
        return value, None
    if isinstance(value, bool):
        return str(value), LineProblem.SPREADSHEET_ERROR
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time, datetime.timedelta)):
        return str(value), LineProblem.DATE
    if value != int(value) or abs(value) >= _SAFE_NUMBER:
        return str(value), LineProblem.DIGITS_LOST
    text = str(int(value))
    zeros = _ZEROS.fullmatch(cell.number_format or "")
    return (text.zfill(len(zeros[0])) if zeros else text), None


def _check_parts(content: bytes) -> None:
    """Unpacked sizes and passwords, before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except _DAMAGES:
        raise UnreadableKeyList(DAMAGED_SPREADSHEET) from None
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableKeyList(ENCRYPTED)
    if sum(part.file_size for part in parts) > UNPACKED_MEGABYTES * 1024**2:
        raise UnreadableKeyList(TOO_LARGE.fill(megabytes=UNPACKED_MEGABYTES))
