"""How to follow a parcel."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tracking:
    """A parcel's number at its carrier."""

    code: str
    provider: str
