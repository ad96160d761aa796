"""A code that was sold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Code:
    """One code.

    :param kind: text, image or preorder.
    :param value: the code, or the picture in base64; empty while it is pre-ordered.
    :param filename: of a picture.
    """

    id: str
    kind: str
    value: str
    filename: str = ""
