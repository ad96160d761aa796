"""Faults of single products within an answer."""

from __future__ import annotations

from ..http.fault_kind import FaultKind

ITEM_FAULTS = (
    FaultKind(
        "item_errors",
        "The first products of a request are refused.",
        {"count": int, "code": str, "message": str},
    ),
)
