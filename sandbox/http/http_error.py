"""A request that can not be served."""

from __future__ import annotations


class HttpError(Exception):
    """Answered with `status` and a sentence as JSON."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
