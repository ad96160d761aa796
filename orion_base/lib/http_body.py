"""Reading a body: limited, decompressed, and whole."""

from __future__ import annotations

import http.client
import io
import zlib
from typing import IO, Any

import requests

from .errors import InvalidAnswer
from .sentence import Sentences

_lt = Sentences(__name__)
_CHUNK = 64 * 1024


def read_body(
    answer: requests.Response, limit: int, *, cut: bool, target: IO[bytes] | None = None
) -> bytes | None:
    """The decompressed body; beyond `limit` bytes None, or the first ones when `cut`.

    Decompressed here piece by piece, since urllib3 may turn one piece into gigabytes.

    :param target: takes the body as it comes, instead of memory; then the answer is empty.
    :raises http.client.IncompleteRead: the answer ended before its announced length.
    :raises InvalidAnswer: it is compressed in a way not asked for, or damaged.
    """
    raw: Any = answer.raw
    decoder = _Decoder(answer.headers.get("Content-Encoding", "").strip().lower())
    announced = _announced_length(answer)
    if announced is not None and announced > limit and not cut:
        return None
    body = target if target is not None else io.BytesIO()
    received = size = 0
    while piece := raw.read(_CHUNK, decode_content=False):
        received += len(piece)
        found = decoder.decode(piece, limit + 1 - size)
        body.write(found[: limit - size])
        size += len(found)
        if size > limit:
            return _taken(body) if cut else None
    cut_short = announced is not None and received < announced
    if cut_short or not decoder.is_complete():
        raise http.client.IncompleteRead(b"")
    return _taken(body)


def _taken(body: IO[bytes]) -> bytes:
    return body.getvalue() if isinstance(body, io.BytesIO) else b""


def _announced_length(answer: requests.Response) -> int | None:
    text = answer.headers.get("Content-Length", "")
    bodiless = answer.status_code in (204, 304) or answer.request.method == "HEAD"
    if bodiless or "Transfer-Encoding" in answer.headers or not text.isascii():
        return None
    return int(text) if text.isdecimal() else None


class _Decoder:
    """Takes a body's compression off, piece by piece.

    :raises InvalidAnswer: it is compressed in a way not asked for.
    """

    def __init__(self, encoding: str) -> None:
        if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise InvalidAnswer(_lt("The answer is compressed in an unknown way."))
        self._is_plain = encoding in ("", "identity")
        self._inflater = _new_inflater()
        self._is_empty = True

    def decode(self, piece: bytes, room: int) -> bytes:
        """At least `room` bytes of what `piece` holds, or all of it.

        :raises InvalidAnswer: the compression is damaged.
        """
        if self._is_plain:
            return piece
        self._is_empty = False
        found = b""
        try:
            while piece and len(found) < room:
                if self._inflater.eof:
                    # Several gzip members behind each other are one body.
                    self._inflater = _new_inflater()
                found += self._inflater.decompress(piece, room - len(found))
                piece = self._inflater.unused_data
        except zlib.error:
            damaged = InvalidAnswer(_lt("The compressed answer is damaged."))
        else:
            return found
        raise damaged

    def is_complete(self) -> bool:
        """Whether the compressed body has come to its end."""
        return self._is_plain or self._is_empty or self._inflater.eof


def _new_inflater() -> zlib._Decompress:
    # 32: gzip or zlib, told apart by the header.
    return zlib.decompressobj(zlib.MAX_WBITS | 32)
