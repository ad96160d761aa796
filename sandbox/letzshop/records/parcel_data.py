"""What a carrier knows of a shipment."""

from __future__ import annotations

from dataclasses import dataclass

from .states import Carrier


@dataclass(frozen=True, slots=True)
class ParcelData:
    """One member of the schema's union of carriers."""

    carrier: Carrier
    id: str
    weights: tuple[float, ...] = ()

    @property
    def weight(self) -> float:
        """All parcels together, in kilograms."""
        return round(sum(self.weights), 3)

    @property
    def packages(self) -> list[dict[str, float]]:
        """The parcels of the shipment."""
        return [{"weight": weight} for weight in self.weights]
