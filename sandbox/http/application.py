"""What the server serves."""

from __future__ import annotations

from typing import Protocol

from .reply import Reply
from .request import Request


class Application(Protocol):
    """Answers requests, from several threads at once."""

    def handle(self, request: Request) -> Reply:
        """The answer; an `HttpError` becomes one, anything else a 500."""
        ...
