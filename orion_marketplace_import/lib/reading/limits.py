"""How much of a feed is read before it is taken for an attack or an accident."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ..product_data import VARIANT_FIELDS


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

_SHORT, _WORD, _PATH = 500, 255, 750
#: Characters of the fields that databases index and customers choose by. Longer is a text that
#: stands in the wrong column; PostgreSQL refuses rows of an index from 2,704 bytes on.
FIELD_LIMITS: Mapping[str, int] = MappingProxyType({
    "brand": _SHORT,
    "mpn": _SHORT,
    "item_group_id": _SHORT,
    "product_type": _PATH,
    "google_product_category": _PATH,
    **dict.fromkeys(VARIANT_FIELDS, _WORD),
})  # fmt: skip
