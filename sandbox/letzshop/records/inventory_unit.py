"""One piece."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .states import UnitState
from .variant import Variant

if TYPE_CHECKING:
    from .shipment import Shipment


@dataclass(slots=True)
class InventoryUnit:
    """One piece, decided on its own."""

    id: str
    variant: Variant | None
    shipment: Shipment = field(repr=False, compare=False)
    state: UnitState = "unconfirmed"
