"""Writing feeds: lines that every reader and every spreadsheet survives."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from .product_data import ProductData

if TYPE_CHECKING:
    from .catalogue_adapter import FeedFormat

_BREAKS = re.compile(r"[\s\x00-\x1f\x7f\x85\u2028\u2029]+")
#: With one of these in front, spreadsheets take a text for a formula.
FORMULA_SIGNS = ("=", "+", "-", "@")


def feed_chunks(
    feed_format: FeedFormat, products: Iterable[ProductData], *, rows: int = 500
) -> Iterator[bytes]:
    """The file in pieces of at most `rows` products, UTF-8, its header first."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=feed_format.delimiter, lineterminator="\n")
    writer.writerow(feed_format.columns)
    for number, product in enumerate(products, start=1):
        writer.writerow(safe_cells(feed_format.row(product)))
        if number % rows == 0:
            yield _taken(buffer)
    rest = _taken(buffer)
    if rest:
        yield rest


def safe_cells(cells: Sequence[str]) -> list[str]:
    """Cells on one line, none of which a spreadsheet would calculate.

    A product is one line: breaks and tabs in its texts become blanks. `unquoted_text` takes
    the quote away again.
    """
    return [safe_text(cell) for cell in cells]


def safe_text(text: str) -> str:
    """`text` on one line, with a quote in front where a spreadsheet would calculate it."""
    flat = _BREAKS.sub(" ", text).strip()
    behind_quotes = flat.lstrip("'")
    # `'=1` stays apart from `=1` when both are read back
    return f"'{flat}" if behind_quotes.startswith(FORMULA_SIGNS) else flat


def unquoted_text(text: str) -> str:
    """What `safe_text` was given, but for its breaks."""
    if text.startswith("'") and text.lstrip("'").startswith(FORMULA_SIGNS):
        return text[1:]
    return text


def _taken(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode("utf-8", errors="replace")
    buffer.seek(0)
    buffer.truncate()
    return data
