"""How much of a feed is read before it is taken for an attack or an accident."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one file.

    :param file_bytes: of the unpacked file.
    :param ratio: how many times larger an archive may become, from `ratio_from` bytes on.
    :param spreadsheet_bytes: of all parts of a spreadsheet, unpacked.
    :param shared_text_bytes: of a spreadsheet's table of texts, which has to be held in memory.
    :param cell: characters of a cell; a row with a longer one is an error.
    :param row: characters of a row; of a longer one not even the cells are told apart.
    :param row_lines: lines of a row with line breaks in its cells.
    :param columns: of the file.
    :param identifier: characters of a product's id.
    """

    file_bytes: int = 4 * 1024**3
    ratio: int = 200
    ratio_from: int = 32 * 1024**2
    spreadsheet_bytes: int = 1024**3
    shared_text_bytes: int = 64 * 1024**2
    cell: int = 100_000
    row: int = 2_000_000
    row_lines: int = 2000
    columns: int = 500
    identifier: int = 200


DEFAULT_LIMITS = Limits()
