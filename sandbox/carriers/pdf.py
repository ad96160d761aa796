"""A label as a small PDF, written by hand: one page of 10 by 15 cm with the number on it."""

from __future__ import annotations

import base64
from random import Random

_WIDTH, _HEIGHT = 283, 425


def label_pdf(number: str, carrier: str, *, padding: int = 0) -> bytes:
    """The PDF of one label.

    :param padding: bytes of incompressible picture that make it as heavy as real ones are.
    """
    shown = _escaped(number)
    content = (
        f"0.5 w 12 12 {_WIDTH - 24} {_HEIGHT - 24} re S\n"
        f"BT /F1 22 Tf 28 372 Td ({_escaped(carrier)}) Tj ET\n"
        f"BT /F1 17 Tf 28 60 Td ({shown}) Tj ET\n{_bars(number)}"
    ).encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        # size and fonts are inherited from here, as many generators write it
        f"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 {_WIDTH} {_HEIGHT}]"
        " /Resources << /Font << /F1 5 0 R >> >> >>".encode(),
        b"<< /Type /Page /Parent 2 0 R /Contents [4 0 R 6 0 R] >>",
        _stream(content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        _stream(b"% " + _noise(number, padding)),
    ]
    return _document(objects)


def _document(objects: list[bytes]) -> bytes:
    body = bytearray(b"%PDF-1.4\n")
    places = []
    for index, content in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{index} 0 obj\n".encode() + content + b"\nendobj\n"
    table = len(body)
    body += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    for place in places:
        body += f"{place:010d} 00000 n \n".encode()
    body += (
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n"
    ).encode()
    return bytes(body)


def _stream(content: bytes) -> bytes:
    return f"<< /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream"


def _bars(number: str) -> str:
    """Something that looks like a barcode."""
    place, bars = 28, []
    for character in number:
        code = ord(character)
        for bit in range(4):
            width = 1 + (code >> bit & 1) * 2
            bars.append(f"{place} 90 {width} 120 re f")
            place += width + 2
    return "\n".join(bars)


def _noise(number: str, size: int) -> bytes:
    """Printable bytes that do not repeat."""
    return base64.b64encode(Random(number).randbytes(size * 3 // 4))


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
