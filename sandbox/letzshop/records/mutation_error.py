"""An error in a mutation's payload."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MutationError:
    """Why nothing happened to one object."""

    id: str | None
    code: str
    message: str
