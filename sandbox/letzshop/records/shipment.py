"""A shipment: one vendor's part of an order."""

from __future__ import annotations

from dataclasses import dataclass, field

from .inventory_unit import InventoryUnit
from .order import Order
from .parcel_data import ParcelData
from .states import ShipmentState
from .tracking import Tracking


@dataclass(slots=True)
class Shipment:
    """One vendor's part of an order.

    :param traits: what is special about it; for tests, never told to the client.
    :param sequence: its place among all shipments, set when it is added to the shop.
    """

    id: str
    number: str
    vendor: str
    order: Order
    inventory_units: list[InventoryUnit] = field(default_factory=list)
    tracking: Tracking | None = None
    data: ParcelData | None = None
    traits: tuple[str, ...] = ()
    sequence: int = 0
    state: ShipmentState = "unconfirmed"

    def refresh(self) -> None:
        """Let the state follow from the pieces."""
        undecided = any(unit.state == "unconfirmed" for unit in self.inventory_units)
        self.state = "unconfirmed" if undecided else "confirmed"
