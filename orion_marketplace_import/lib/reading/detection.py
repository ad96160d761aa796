"""What a file is: how it is packed, written and separated, and what its columns are called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

from .columns import unique_headers
from .dialects import detect_header
from .encodings import TextEncoding, detect_encoding
from .lines import split_lines, terminator_of
from .opening import OpenedFile, open_file
from .problems import BrokenRow, FileProblem, UnreadableFeed
from .raw_rows import ReadOptions
from .sniffing import Container
from .spreadsheet import open_sheet
from .xml_items import Item, XmlItemReader, looks_like_xml

TABLE, XML, SPREADSHEET = "table", "xml", "spreadsheet"

_SAMPLE_LINES = 40
_SAMPLE_ITEMS = 50
DEFAULT_OPTIONS = ReadOptions()


@dataclass(frozen=True, slots=True)
class Detection:
    """What a file is. Finding it out reads the file once, so keep it between two runs.

    :param container: plain, gzip, zip or spreadsheet.
    :param file_format: table, xml or spreadsheet.
    :param encoding: a codec's name; empty for a spreadsheet.
    :param has_damaged_text: some rows are in another encoding.
    :param delimiter: empty but for a table; `quote` likewise.
    :param header_row: number of the row that names the columns; 0 for XML.
    :param header_lines: lines of a table up to the end of that row.
    :param columns: names of the columns, each different; of XML, those of its first products.
    """

    container: str
    file_format: str
    columns: tuple[str, ...]
    encoding: str = ""
    has_damaged_text: bool = False
    delimiter: str = ""
    quote: str = ""
    terminator: str = "\n"
    header_row: int = 0
    header_lines: int = 0

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {**asdict(self), "columns": list(self.columns)}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Detection:
        """What `to_json` gave."""
        return cls(**{**kept, "columns": tuple(kept["columns"])})


def detect(source: Path, options: ReadOptions = DEFAULT_OPTIONS) -> Detection:
    """What the file is.

    :raises UnreadableFeed: no feed; says what it seems to be, and what to do.
    """
    limits = options.limits
    with open_file(source, limits) as opened:
        if opened.container is Container.SPREADSHEET:
            with open_sheet(source, limits) as sheet:
                columns = unique_headers(sheet.columns)
                kind = Container.SPREADSHEET.value
                return Detection(kind, SPREADSHEET, columns, header_row=sheet.header_row)
        encoding = detect_encoding(opened.head, opened.blocks)
    with open_file(source, limits) as opened:
        found = _detect_text(opened, encoding, options)
    return replace(
        found,
        container=opened.container.value,
        encoding=encoding.name,
        has_damaged_text=encoding.is_damaged,
    )


def _detect_text(opened: OpenedFile, encoding: TextEncoding, options: ReadOptions) -> Detection:
    texts = encoding.decode(opened.blocks)
    beginning = next(texts, "")
    if looks_like_xml(beginning):
        reader = XmlItemReader(
            chain([beginning], texts), options.limits, options.channel.namespaces
        )
        items = islice(_until_cut(reader), _SAMPLE_ITEMS)
        names = dict.fromkeys(
            name for _, item in items if not isinstance(item, BrokenRow) for name in item
        )
        return Detection("", XML, tuple(names))
    terminator = terminator_of(beginning)
    limits = options.limits
    lines = split_lines(chain([beginning], texts), terminator, limits.row)
    sample = list(islice(lines, _SAMPLE_LINES))
    header = detect_header(sample, limits, options.channel)
    return Detection(
        "",
        TABLE,
        header.columns,
        delimiter=header.dialect.delimiter,
        quote=header.dialect.quote,
        terminator=terminator,
        header_row=header.row,
        header_lines=header.lines,
    )


def _until_cut(reader: XmlItemReader) -> Iterator[tuple[int, Item | BrokenRow]]:
    """Items until the file ends, also in the middle: what is cut is said when it is read."""
    try:
        yield from reader
    except UnreadableFeed as error:
        if error.problem is not FileProblem.TRUNCATED:
            raise
