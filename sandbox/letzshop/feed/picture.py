"""Plain pictures in one colour, made without a library."""

from __future__ import annotations

import struct
import zlib
from hashlib import blake2b

from .collection import COLORS

_SIDE = 128


def picture(name: str) -> bytes:
    """A PNG whose colour follows from its name."""
    known = COLORS.get(name)
    red, green, blue = known[1] if known else blake2b(name.encode(), digest_size=3).digest()
    line = b"\0" + bytes((red, green, blue)) * _SIDE
    header = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            _chunk(b"IDAT", zlib.compress(line * _SIDE)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + checksum
