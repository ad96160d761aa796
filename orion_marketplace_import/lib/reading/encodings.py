"""In which encoding a file really is, whatever it declares."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .sniffing import byte_order_mark, wide_encoding

_SURROGATES = re.compile("[\ud800-\udfff]")
_NOT_ASCII = re.compile("[^\x00-\x7f]")
_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
#: Bytes that mean nothing in Windows-1252.
_NOT_WINDOWS = (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")

_ONE_BYTE_OR_MORE = (
    "iso8859", "cp", "mac", "koi8", "gb", "big5", "shift", "euc", "latin", "tis", "hz",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TextEncoding:
    """How bytes become text.

    :param name: of the codec.
    :param is_damaged: some rows are not in this encoding.
    """

    name: str
    is_damaged: bool = False

    def decode(self, blocks: Iterable[bytes]) -> Iterator[str]:
        """The text in pieces; bytes of another encoding become lone surrogates."""
        single = self.name in {"utf-8", "utf-8-sig", "latin-1", "cp1252"}
        errors = "surrogateescape" if single else "replace"
        decoder = codecs.getincrementaldecoder(self.name)(errors)
        for block in blocks:
            yield decoder.decode(block)
        rest = decoder.decode(b"", final=True)
        if rest:
            yield rest


def detect_encoding(head: bytes, blocks: Iterable[bytes]) -> TextEncoding:
    """The encoding of a whole file.

    UTF-8 when all of it is, or when most of what is not ASCII is: then the other rows are
    damaged. Else what an XML file declares, Windows-1252, and Latin-1 where that is not
    possible.

    :param blocks: all bytes of the file, including `head`.
    """
    mark = byte_order_mark(head)
    wide = mark if mark and mark != "utf-8-sig" else wide_encoding(head[:4096])
    if wide:
        return TextEncoding(wide)
    census = _Census()
    for block in blocks:
        census.add(block)
    name = mark or "utf-8"
    if not census.foreign:
        return TextEncoding(name)
    if census.proper > census.foreign:
        return TextEncoding(name, is_damaged=True)
    declared = _declared_encoding(head)
    if declared:
        return TextEncoding(declared)
    return TextEncoding("cp1252" if census.fits_windows else "latin-1")


class _Census:
    """Counts what in a file is UTF-8 and what is not."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self.proper = 0
        self.foreign = 0
        self.fits_windows = True

    def add(self, block: bytes) -> None:
        """Count the next bytes."""
        text = self._decoder.decode(block)
        if text.isascii():
            return
        foreign = len(_SURROGATES.findall(text))
        self.foreign += foreign
        self.proper += len(_NOT_ASCII.findall(text)) - foreign
        if foreign and any(byte in block for byte in _NOT_WINDOWS):
            self.fits_windows = False


def _declared_encoding(head: bytes) -> str | None:
    match = _DECLARED.search(head[:1024])
    if match is None:
        return None
    try:
        name = codecs.lookup(match[1].decode("ascii")).name
    except LookupError:
        return None
    return name if name.startswith(_ONE_BYTE_OR_MORE) else None
