"""Reading a product feed: its first rows, and all of it in chunks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from ..product_table import ProductTable
from .columns import ColumnMapping
from .detection import DEFAULT_OPTIONS, SPREADSHEET, XML, Detection, detect
from .encodings import TextEncoding
from .lines import split_lines
from .opening import open_file
from .problems import BrokenRow, FileProblem, RowError, UnreadableFeed
from .raw_rows import FeedRow, RawRows, ReadOptions, Row
from .records import Dialect, RecordReader
from .rows import RowConverter
from .spreadsheet import open_sheet
from .xml_items import XmlItemReader

_PREVIEWED = 20


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a feed, in order; each is a product or one error.

    :param table: the products; `numbers` those of their rows.
    :param next_row: give it as `first_row` to go on behind this chunk.
    :param progress: how much of the file has been read, 0 to 1.
    """

    table: ProductTable
    numbers: Sequence[int]
    errors: tuple[RowError, ...]
    next_row: int
    progress: float

    @property
    def rows(self) -> tuple[FeedRow, ...]:
        """The products as objects, made anew each time."""
        return tuple(map(FeedRow, self.numbers, self.table.products()))


@dataclass(frozen=True, slots=True)
class RowBatch:
    """Some rows of a feed whose cells are told apart, but not understood yet: the largest part
    of the work, which may be left out for those that are known.

    :param next_row, progress: as of `Chunk`.
    """

    next_row: int
    progress: float
    _converter: RowConverter
    _raw: RawRows

    def row_keys(self) -> list[RowKey]:
        """Of the rows that may be products."""
        raw = self._raw
        digests = self._converter.digests(raw)
        return [
            RowKey(place, identifier, digest)
            for place, (identifier, digest, is_first) in enumerate(
                zip(raw.ids, digests, raw.are_first, strict=True)
            )
            if is_first
        ]

    def read(self, leave_out: Collection[int] = ()) -> Chunk:
        """Understand the rows.

        :param leave_out: places of `row_keys`.
        """
        table, numbers, errors = self._converter.convert(self._raw.without(leave_out))
        return Chunk(table, numbers, tuple(errors), self.next_row, self.progress)


class RowKey(NamedTuple):
    """What a row is known by before it is read.

    :param place: in the batch.
    :param digest: of the row as it stands there; a row with the same means the same.
    """

    place: int
    identifier: str
    digest: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The beginning of a feed.

    :param cells: the first rows as they stand there, in the order of `detection.columns`.
    :param rows: what becomes of them, together with `errors`; both empty while `mapping.missing`
        names a field.
    :param whole: of these rows, those whose cells could be told apart, with their numbers.
    """

    detection: Detection
    mapping: ColumnMapping
    cells: tuple[tuple[str, ...], ...]
    rows: tuple[FeedRow, ...]
    errors: tuple[RowError, ...]
    whole: tuple[tuple[int, tuple[str, ...]], ...] = ()


def preview(
    source: Path,
    mapping: ColumnMapping | None = None,
    *,
    rows: int = _PREVIEWED,
    options: ReadOptions = DEFAULT_OPTIONS,
    detection: Detection | None = None,
) -> Preview:
    """The first rows, and what becomes of them.

    :param mapping: what a person has chosen, now or before; it is completed for other columns.
    :raises UnreadableFeed: no feed.
    """
    found = detection or detect(source, options)
    mapping = recognised_mapping(found, options, mapping)
    with _opened(source, found, options) as feed:
        taken = list(islice(_until_cut(feed.rows), rows))
    cells = tuple(
        tuple(row.cells if isinstance(row, BrokenRow) else _padded(row, len(found.columns)))
        for _, row in taken
    )
    whole = tuple(
        (row[0], texts)
        for row, texts in zip(taken, cells, strict=True)
        if not isinstance(row[1], BrokenRow)
    )
    if mapping.missing:
        return Preview(found, mapping, cells, (), (), whole)
    products, errors = _converted(RowConverter(mapping, options), feed.columns, taken)
    return Preview(found, mapping, cells, tuple(products), tuple(errors), whole)


def preview_again(
    found: Detection,
    mapping: ColumnMapping,
    rows: Sequence[tuple[int, Sequence[str]]],
    options: ReadOptions = DEFAULT_OPTIONS,
) -> tuple[list[FeedRow], list[RowError]]:
    """What becomes of rows that were previewed before, with another mapping.

    :param rows: their numbers and cells.
    """
    if mapping.missing:
        return [], []
    return _converted(RowConverter(mapping, options), found.columns, rows)


def recognised_mapping(
    detection: Detection,
    options: ReadOptions = DEFAULT_OPTIONS,
    remembered: ColumnMapping | None = None,
) -> ColumnMapping:
    """The mapping of a file's columns; what is remembered goes first."""
    return ColumnMapping.recognise(
        detection.columns, channel=options.channel, remembered=remembered
    )


def iter_chunks(
    source: Path,
    mapping: ColumnMapping | None = None,
    size: int = 1000,
    *,
    options: ReadOptions = DEFAULT_OPTIONS,
    detection: Detection | None = None,
    first_row: int = 0,
) -> Iterator[Chunk]:
    """All rows, in chunks of at most `size`: each row is a product or exactly one error.

    For the arguments and what is raised see `iter_batches`.
    """
    batches = iter_batches(
        source, mapping, size, options=options, detection=detection, first_row=first_row
    )
    for batch in batches:
        yield batch.read()


def iter_batches(
    source: Path,
    mapping: ColumnMapping | None = None,
    size: int = 1000,
    *,
    options: ReadOptions = DEFAULT_OPTIONS,
    detection: Detection | None = None,
    first_row: int = 0,
) -> Iterator[RowBatch]:
    """All rows, in batches of at most `size`: each row is a product or exactly one error.

    Ids that occurred before are errors, also where they occurred before `first_row`.

    :param mapping: None: as recognised.
    :param first_row: go on with the row of this number; the ones before are only looked
        through for their ids.
    :raises UnreadableFeed: no feed, or one without the required columns; in the middle of the
        file too (truncated, too large), then behind the chunk with the last rows before.
    """
    found = detection or detect(source, options)
    mapping = recognised_mapping(found, options, mapping)
    if mapping.missing:
        raise UnreadableFeed(FileProblem.MISSING_COLUMNS, fields=", ".join(mapping.missing))
    converter = RowConverter(mapping, options)
    with _opened(source, found, options) as feed:
        batches = _Batches(feed.rows, size)
        for batch in batches:
            before = [row for row in batch if row[0] < first_row]
            converter.skip(feed.columns, before)
            rows = batch[len(before) :]
            if rows:
                if found.file_format == XML:
                    rows = _padded_rows(feed.columns, rows)
                raw = converter.prepare(tuple(feed.columns), rows)
                yield RowBatch(rows[-1][0] + 1, feed.progress(), converter, raw)
        if batches.cut is not None:
            raise batches.cut


class _Batches:
    """Lists of rows; `cut` is what ended them before their time."""

    def __init__(self, rows: Iterator[Row], size: int) -> None:
        self._rows = rows
        self._size = max(1, size)
        self.cut: UnreadableFeed | None = None

    def __iter__(self) -> Iterator[list[Row]]:
        while self.cut is None:
            batch: list[Row] = []
            try:
                batch.extend(islice(self._rows, self._size))
            except UnreadableFeed as error:
                self.cut = error
            if not batch:
                return
            yield batch


def _until_cut(rows: Iterator[Row]) -> Iterator[Row]:
    """Rows until the file ends, also in the middle: for a look at the beginning only."""
    try:
        yield from rows
    except UnreadableFeed as error:
        if error.problem is not FileProblem.TRUNCATED:
            raise


def _converted(
    converter: RowConverter, columns: Sequence[str], rows: Sequence[Row]
) -> tuple[list[FeedRow], list[RowError]]:
    """Products and errors."""
    raw = converter.prepare(tuple(columns), _padded_rows(columns, rows))
    table, numbers, errors = converter.convert(raw)
    return list(map(FeedRow, numbers, table.products())), errors


def _padded_rows(columns: Sequence[str], rows: Sequence[Row]) -> list[Row]:
    """Rows of XML are as wide as the columns known when they were read."""
    width = len(columns)
    return [
        (number, cells if isinstance(cells, BrokenRow) else _padded(cells, width))
        for number, cells in rows
    ]


def _padded(cells: Sequence[str], width: int) -> Sequence[str]:
    return cells if len(cells) >= width else [*cells, *[""] * (width - len(cells))]


@dataclass(frozen=True, slots=True)
class _Feed:
    """An open feed.

    :param columns: of XML it grows while the rows are read.
    """

    columns: Sequence[str]
    rows: Iterator[Row]
    progress: Callable[[], float]


@contextmanager
def _opened(source: Path, found: Detection, options: ReadOptions) -> Iterator[_Feed]:
    if found.file_format == SPREADSHEET:
        with _opened_sheet(source, found, options) as feed:
            yield feed
        return
    with open_file(source, options.limits) as opened:
        texts = TextEncoding(found.encoding, found.has_damaged_text).decode(opened.blocks)
        if found.file_format == XML:
            columns = list(found.columns)
            items = XmlItemReader(texts, options.limits, options.channel.namespaces)
            yield _Feed(columns, _as_rows(items, columns), opened.progress)
        else:
            yield _Feed(found.columns, _table_rows(texts, found, options), opened.progress)


@contextmanager
def _opened_sheet(source: Path, found: Detection, options: ReadOptions) -> Iterator[_Feed]:
    with open_sheet(source, options.limits) as sheet:
        read = 0

        def counted() -> Iterator[Row]:
            nonlocal read
            for row in sheet:
                read = row[0]
                yield row

        total = max(1, sheet.rows)
        yield _Feed(found.columns, counted(), lambda: min(1.0, read / total))


def _table_rows(texts: Iterator[str], found: Detection, options: ReadOptions) -> Iterator[Row]:
    lines = split_lines(texts, found.terminator, options.limits.row)
    for _ in range(found.header_lines):
        next(lines, None)
    dialect = Dialect(found.delimiter, found.quote)
    width = len(found.columns)
    return iter(RecordReader(lines, dialect, width, options.limits, found.header_row + 1))


def _as_rows(items: XmlItemReader, columns: list[str]) -> Iterator[Row]:
    """Items as cells in the order of `columns`, which grows with what they bring."""
    known = set(columns)
    for number, item in items:
        if isinstance(item, BrokenRow):
            yield number, item
            continue
        for name in item:
            if name not in known:
                known.add(name)
                columns.append(name)
        yield number, [item.get(name, "") for name in columns]
