"""Rows of a spreadsheet: the first visible sheet, formulas as the values they had."""

from __future__ import annotations

import datetime
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from .limits import Limits
from .problems import BrokenRow, FileProblem, RowProblem, UnreadableFeed

_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_DAMAGES = (
    AttributeError, EOFError, IndexError, InvalidFileException, KeyError, NotImplementedError,
    OSError, OverflowError, RuntimeError, SyntaxError, TypeError, ValueError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip
_HEADER_WITHIN = 20


class SheetReader:
    """A sheet whose header is its first row that is not blank.

    :param rows: number of rows as the sheet says it, which may be wrong.
    """

    def __init__(self, sheet: Any, limits: Limits) -> None:
        self.rows: int = sheet.max_row or 0
        sheet.reset_dimensions()
        self._limits = limits
        self._cells = _guarded(enumerate(sheet.iter_rows(values_only=True), start=1))
        self.header_row, self.columns = self._header()

    def _header(self) -> tuple[int, list[str]]:
        for number, values in self._cells:
            cells = _without_blank_end([cell_text(value) for value in values])
            if cells:
                if len(cells) > self._limits.columns:
                    raise UnreadableFeed(FileProblem.TOO_MANY_COLUMNS, columns=self._limits.columns)
                return number, cells
            if number >= _HEADER_WITHIN:
                break
        raise UnreadableFeed(FileProblem.EMPTY)

    def __iter__(self) -> Iterator[tuple[int, list[str] | BrokenRow]]:
        width = len(self.columns)
        for number, values in self._cells:
            cells = _without_blank_end([cell_text(value) for value in values])
            if not cells:
                continue
            if len(cells) > width:
                values_of = {"found": len(cells), "wanted": width}
                yield number, BrokenRow(RowProblem.TOO_MANY_CELLS, values_of, tuple(cells))
            elif any(map(_FORBIDDEN.search, cells)):
                yield number, BrokenRow(RowProblem.FORBIDDEN_CHARACTERS, {}, tuple(cells))
            else:
                yield number, cells + [""] * (width - len(cells))


@contextmanager
def open_sheet(source: Path, limits: Limits) -> Iterator[SheetReader]:
    """The sheet to be read of a spreadsheet.

    :raises UnreadableFeed: damaged, dangerous or too large; also while it is read.
    """
    _check_parts(source, limits)
    with source.open("rb") as stream:
        try:
            with warnings.catch_warnings():
                # About styles and validations, which are of no use here.
                warnings.simplefilter("ignore")
                book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        except _DAMAGES as error:
            raise UnreadableFeed(FileProblem.DAMAGED_SPREADSHEET) from error
        sheets = book.worksheets
        visible = [sheet for sheet in sheets if sheet.sheet_state == "visible"] or sheets
        if not visible:
            raise UnreadableFeed(FileProblem.EMPTY)
        yield SheetReader(visible[0], limits)


def cell_text(value: object) -> str:
    """A cell as a person sees it, numbers with all their digits."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    return str(value)


def _guarded(
    rows: Iterator[tuple[int, Sequence[object]]],
) -> Iterator[tuple[int, Sequence[object]]]:
    while True:
        try:
            row = next(rows, None)
        except _DAMAGES as error:
            raise UnreadableFeed(FileProblem.DAMAGED_SPREADSHEET) from error
        if row is None:
            return
        yield row


def _without_blank_end(cells: list[str]) -> list[str]:
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _check_parts(source: Path, limits: Limits) -> None:
    """Unpacked sizes, which bind whoever unpacks, and no document types."""
    try:
        with zipfile.ZipFile(source) as archive:
            parts = archive.infolist()
            size = sum(part.file_size for part in parts)
            if size > limits.spreadsheet_bytes:
                raise UnreadableFeed(
                    FileProblem.TOO_LARGE, megabytes=limits.spreadsheet_bytes // 1024**2
                )
            if size > limits.ratio_from and size > limits.ratio * source.stat().st_size:
                raise UnreadableFeed(FileProblem.BOMB, ratio=limits.ratio)
            for part in parts:
                _check_part(archive, part, limits)
    except _DAMAGES as error:
        raise UnreadableFeed(FileProblem.DAMAGED_SPREADSHEET) from error


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, limits: Limits) -> None:
    if part.flag_bits & 1:
        raise UnreadableFeed(FileProblem.ENCRYPTED)
    if part.filename.endswith("sharedStrings.xml") and part.file_size > limits.shared_text_bytes:
        megabytes = limits.shared_text_bytes // 1024**2
        raise UnreadableFeed(FileProblem.TOO_LARGE, megabytes=megabytes)
    if part.filename.endswith((".xml", ".rels")):
        with archive.open(part) as stream:
            if _DOCTYPE.search(stream.read(1 << 16).replace(b"\x00", b"")):
                raise UnreadableFeed(FileProblem.DOCTYPE)
