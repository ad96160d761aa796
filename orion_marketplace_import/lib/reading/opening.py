"""Opening what was given: plain or packed, told by its content and never by its name."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from .limits import Limits
from .problems import FileProblem, UnreadableFeed
from .sniffing import HEAD, Container, refuse_other_files, sniff_container

_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file that can be read once, from its beginning.

    :param blocks: its unpacked bytes.
    :param head: the first of them.
    :param progress: how much of the file has been read, 0 to 1.
    """

    container: Container
    head: bytes
    blocks: Iterator[bytes]
    progress: Callable[[], float]


@contextmanager
def open_file(source: Path, limits: Limits) -> Iterator[OpenedFile]:
    """Open `source`; a spreadsheet is told by `container`, and its blocks are of no use.

    :raises UnreadableFeed: it is no feed; also while the blocks are read.
    """
    with ExitStack() as stack:
        raw: BinaryIO = stack.enter_context(source.open("rb"))
        total = max(1, source.stat().st_size)
        container = sniff_container(raw.read(HEAD))
        raw.seek(0)
        if container is Container.ZIP and _is_spreadsheet(source):
            yield OpenedFile(Container.SPREADSHEET, b"", iter(()), lambda: 0.0)
            return
        stream: IO[bytes] | gzip.GzipFile = raw
        if container is Container.GZIP:
            stream = stack.enter_context(gzip.GzipFile(fileobj=raw))
        elif container is Container.ZIP:
            stream = _zip_member(source, raw, stack)
        blocks = _guarded(stream, raw, limits)
        head = next(blocks, b"")
        if container is not Container.PLAIN and sniff_container(head) is not Container.PLAIN:
            raise UnreadableFeed(FileProblem.NESTED_ARCHIVE)
        refuse_other_files(head)
        yield OpenedFile(
            container,
            head,
            _chained(head, blocks),
            lambda: min(1.0, raw.tell() / total),
        )


def _chained(head: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
    if head:
        yield head
    yield from blocks


def _guarded(stream: IO[bytes] | gzip.GzipFile, raw: BinaryIO, limits: Limits) -> Iterator[bytes]:
    """Blocks of `stream`, until it is larger than a feed can be."""
    size = 0
    packed = stream is not raw
    while True:
        try:
            block = stream.read(_BLOCK)
        except EOFError:
            raise UnreadableFeed(FileProblem.TRUNCATED) from None
        except (zlib.error, zipfile.BadZipFile, OSError, NotImplementedError) as error:
            raise UnreadableFeed(FileProblem.DAMAGED_ARCHIVE) from error
        if not block:
            return
        size += len(block)
        if size > limits.file_bytes:
            raise UnreadableFeed(FileProblem.TOO_LARGE, megabytes=limits.file_bytes // 1024**2)
        if packed and size > limits.ratio_from and size > limits.ratio * max(1, raw.tell()):
            raise UnreadableFeed(FileProblem.BOMB, ratio=limits.ratio)
        yield block


def _is_spreadsheet(source: Path) -> bool:
    with _archive(source) as archive:
        names = set(archive.namelist())
        if "mimetype" in names and "content.xml" in names:
            raise UnreadableFeed(FileProblem.OLD_SPREADSHEET, kind="OpenDocument")
        return "[Content_Types].xml" in names and "xl/workbook.xml" in names


def _zip_member(source: Path, raw: BinaryIO, stack: ExitStack) -> IO[bytes]:
    """The only file of the archive, else the largest table among them. Its path means nothing."""
    archive = stack.enter_context(_archive(source, raw))
    files = [each for each in archive.infolist() if not each.is_dir()]
    tables = [each for each in files if each.filename.lower().endswith(_TABLES)]
    if not files:
        raise UnreadableFeed(FileProblem.EMPTY_ARCHIVE)
    chosen = max(tables or files, key=lambda each: each.file_size)
    if chosen.flag_bits & 1:
        raise UnreadableFeed(FileProblem.ENCRYPTED)
    try:
        return archive.open(chosen)
    except (RuntimeError, NotImplementedError, zipfile.BadZipFile, OSError) as error:
        raise UnreadableFeed(FileProblem.DAMAGED_ARCHIVE) from error


_TABLES = (".csv", ".tsv", ".tab", ".txt", ".xml", ".rss", ".atom")


@contextmanager
def _archive(source: Path, raw: BinaryIO | None = None) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(raw or source)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, io.UnsupportedOperation):
        raise UnreadableFeed(FileProblem.DAMAGED_ARCHIVE) from None
    with archive:
        yield archive
