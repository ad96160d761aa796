"""Answers to queries that were asked before."""

from __future__ import annotations

#: Bytes kept before the cache starts anew.
KEPT = 64 * 1024 * 1024


class AnswerCache:
    """Keeps the bytes of answers for as long as nothing has changed."""

    def __init__(self) -> None:
        self._version = -1
        self._size = 0
        self._answers: dict[tuple[str, bytes], bytes] = {}

    def get(self, version: int, key: str, body: bytes) -> bytes | None:
        """The answer to the same request of the same key, if it still holds."""
        if version != self._version:
            self._version = version
            self._clear()
        return self._answers.get((key, body))

    def put(self, key: str, body: bytes, answer: bytes) -> None:
        """Keep an answer of the version that was asked for last."""
        if self._size > KEPT:
            self._clear()
        self._answers[key, body] = answer
        self._size += len(answer)

    def _clear(self) -> None:
        self._answers.clear()
        self._size = 0
