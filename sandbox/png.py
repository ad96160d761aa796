"""Pictures in one colour as PNG, made without a library."""

from __future__ import annotations

import struct
import zlib

SIDE = 128


def png(red: int, green: int, blue: int, comment: str = "") -> bytes:
    """A square in one colour.

    :param comment: kept in the file, invisible.
    """
    line = b"\0" + bytes((red, green, blue)) * SIDE
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    text = _chunk(b"tEXt", b"Comment\0" + comment.encode("latin-1")) if comment else b""
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            text,
            _chunk(b"IDAT", zlib.compress(line * SIDE)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + checksum
