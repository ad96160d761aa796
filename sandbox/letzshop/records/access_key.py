"""A key of the API."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A key, and what it opens.

    :param name: for logs and faults, which never show the secret.
    :param vendors: whose shipments it sees; none for a key below the shop manager's role.
    """

    name: str
    secret: str
    vendors: frozenset[str]
