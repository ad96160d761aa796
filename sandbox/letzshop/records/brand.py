"""A brand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand; without a name it is unknown to the marketplace."""

    name: str | None = None
    id: str | None = None
