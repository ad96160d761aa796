"""What requests brought about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict

from ..http.json_value import JsonObject
from .records.inventory_unit import InventoryUnit
from .records.tracking import Tracking
from .records.unit_effects import UnitEffects


class Effects:
    """Counts, so that a test can say "exactly once"."""

    def __init__(self) -> None:
        self.units: defaultdict[str, UnitEffects] = defaultdict(UnitEffects)
        self.tracking: defaultdict[str, list[Tracking]] = defaultdict(list)
        self.requests: defaultdict[str, int] = defaultdict(int)

    def as_json(self, units: Mapping[str, InventoryUnit], only: Iterable[str] = ()) -> JsonObject:
        """All counts.

        :param units: all pieces by id, to tell their shipments.
        :param only: shipments to which the answer is limited; empty for all.
        """
        wanted = set(only)
        counted: JsonObject = {
            unit_id: {**asdict(counts), "shipment": units[unit_id].shipment.id}
            for unit_id, counts in self.units.items()
            if not wanted or units[unit_id].shipment.id in wanted
        }
        tracking: JsonObject = {
            shipment: {"set": len(history), "history": [asdict(entry) for entry in history]}
            for shipment, history in self.tracking.items()
            if not wanted or shipment in wanted
        }
        return {
            "units": counted,
            "shipments": tracking,
            "requests": dict(self.requests),
            "totals": self._totals(),
        }

    def _totals(self) -> JsonObject:
        names = ("confirmed", "refused", "returned", "duplicates", "by_hand")
        totals: JsonObject = {
            name: sum(getattr(counts, name) for counts in self.units.values()) for name in names
        }
        totals["tracking"] = sum(len(history) for history in self.tracking.values())
        return totals
