"""What a file is, by its first bytes."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping

from .problems import FileProblem, UnreadableFeed

#: How many bytes tell what a file is.
HEAD = 4096


class Container(enum.Enum):
    """What a feed is packed in."""

    PLAIN = "plain"
    GZIP = "gzip"
    ZIP = "zip"
    SPREADSHEET = "spreadsheet"


_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
_ARCHIVES: Mapping[bytes, str] = {
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!": "RAR",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(
    r"(?:<\?xml[^>]*>|<!--.*?-->|\s)*<(?:!doctype\s+html|html|head|body|script)\b",
    re.IGNORECASE | re.DOTALL,
)
_JSON = re.compile(r'\s*(?:\{\s*"|\{\s*\}|\[\s*[\[{"\]])')
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
_BOMS: Mapping[bytes, str] = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}


def sniff_container(head: bytes) -> Container:
    """What the bytes are packed in."""
    if head.startswith(b"\x1f\x8b"):
        return Container.GZIP
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return Container.ZIP
    return Container.PLAIN


def byte_order_mark(head: bytes) -> str | None:
    """The encoding that a byte order mark tells."""
    return next((name for mark, name in _BOMS.items() if head.startswith(mark)), None)


def wide_encoding(head: bytes) -> str | None:
    """UTF-16 without a byte order mark, told by the NUL in every other byte."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(1, len(head) // 2)
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def refuse_other_files(head: bytes) -> None:
    """Say of a file that is no feed what it seems to be.

    :param head: its first bytes, unpacked.
    :raises UnreadableFeed: it is no feed.
    """
    _refuse_signatures(head)
    head = head[:HEAD]
    text = head.decode(byte_order_mark(head) or wide_encoding(head) or "latin-1", "replace")
    text = text.removeprefix("ï»¿").lstrip("\ufeff")
    if not text.strip():
        binary = "\x00" in text
        raise UnreadableFeed(FileProblem.BINARY if binary else FileProblem.EMPTY)
    if _HTML.match(text):
        raise UnreadableFeed(FileProblem.HTML)
    if _JSON.match(text):
        raise UnreadableFeed(FileProblem.JSON)
    strange = text.count("\x00") + len(_CONTROL.findall(text))
    if strange > max(8, len(text) // 10):
        raise UnreadableFeed(FileProblem.BINARY)


def _refuse_signatures(head: bytes) -> None:
    if b"%PDF-" in head[:1024]:
        raise UnreadableFeed(FileProblem.PDF)
    is_webp = head.startswith(b"RIFF") and head[8:12] == b"WEBP"
    if is_webp or (head.startswith(_IMAGES) and b"\x00" in head[:64]):
        raise UnreadableFeed(FileProblem.IMAGE)
    if head.startswith(_OLD_OFFICE):
        raise UnreadableFeed(FileProblem.OLD_SPREADSHEET, kind="XLS")
    if head[257:262] == b"ustar":
        raise UnreadableFeed(FileProblem.OTHER_ARCHIVE, kind="tar")
    for signature, kind in _ARCHIVES.items():
        if head.startswith(signature) and not head[:64].isascii():
            raise UnreadableFeed(FileProblem.OTHER_ARCHIVE, kind=kind)
    if head.startswith(b"Rar!\x1a"):
        raise UnreadableFeed(FileProblem.OTHER_ARCHIVE, kind="RAR")
