"""Plain pictures in one colour."""

from __future__ import annotations

from hashlib import blake2b

from ...png import png
from .collection import COLORS


def picture(name: str) -> bytes:
    """A PNG whose colour follows from its name."""
    known = COLORS.get(name)
    red, green, blue = known[1] if known else blake2b(name.encode(), digest_size=3).digest()
    return png(red, green, blue)
