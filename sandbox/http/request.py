"""What a client asked."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, read to its end.

    :param headers: names in lower case; of a repeated header the last counts.
    """

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The target without its query string."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """Parameters of the query string; of a repeated one the last counts."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))
