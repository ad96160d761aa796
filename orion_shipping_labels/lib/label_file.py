"""What the address of a label gives."""

from __future__ import annotations

import enum

#: Labels are small; what is larger is something else.
LARGEST_LABEL = 10 * 1024 * 1024
#: How long one label may take, in seconds.
LABEL_SECONDS = 15.0
_LOOKED_AT = 1024


class LabelKind(str, enum.Enum):
    """What can be done with an answer."""

    PDF = "pdf"
    ZPL = "zpl"
    #: A page or anything else that only a browser shows.
    LINK = "link"


def kind_of(body: bytes, content_type: str = "") -> LabelKind:
    """What a body is: told by its beginning, for servers are careless about types."""
    start = body[:_LOOKED_AT].lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"%PDF-" in start:
        return LabelKind.PDF
    if start[:3].upper() in (b"^XA", b"~DG") or "zpl" in content_type.lower():
        return LabelKind.ZPL
    return LabelKind.LINK
