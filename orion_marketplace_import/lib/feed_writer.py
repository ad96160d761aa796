"""Writing feeds: lines that every reader and every spreadsheet survives."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from .product_data import ProductData

if TYPE_CHECKING:
    from .catalogue_adapter import FeedFormat

_BREAKS = re.compile(r"[\s\x00-\x1f\x7f\x85\u2028\u2029]+")
#: With one of these in front, spreadsheets take a text for a formula.
FORMULA_SIGNS = ("=", "+", "-", "@")


def feed_chunks(
    feed_format: FeedFormat,
    products: Iterable[ProductData],
    *,
    rows: int = 500,
    for_people: bool = True,
) -> Iterator[bytes]:
    """The file in pieces of at most `rows` products, UTF-8, its header first.

    :param for_people: it may be opened as a spreadsheet: no cell may be a formula. A marketplace
        would show the quote in front of it to customers.
    """
    cell = safe_text if for_people else flat_text
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=feed_format.delimiter, lineterminator="\n")
    writer.writerow(feed_format.columns)
    for number, product in enumerate(products, start=1):
        writer.writerow(list(map(cell, feed_format.row(product))))
        if number % rows == 0:
            yield _taken(buffer)
    rest = _taken(buffer)
    if rest:
        yield rest


def flat_text(text: str) -> str:
    """`text` on one line: a product is one line, and breaks and tabs become blanks."""
    return _BREAKS.sub(" ", text).strip()


def safe_text(text: str) -> str:
    """`text` on one line, with a quote in front where a spreadsheet would calculate it;
    `unquoted_text` takes the quote away again."""
    flat = flat_text(text)
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
