"""Decisions of the past."""

from __future__ import annotations

import random

from ..records.shipment import Shipment
from ..records.states import UnitState
from ..records.tracking import Tracking

PROVIDERS = {"Greco": "greco", "Colissimo": "colissimo", "XpressLogistics": "xpresslogistics"}


class HistoryMaker:
    """Decides shipments as a merchant would have."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(f"history {seed}")
        self._index = 0

    def decide(self, shipment: Shipment) -> None:
        """Give every piece a state, and most shipments a parcel number."""
        place = self._index % 10
        self._index += 1
        for number, unit in enumerate(shipment.inventory_units):
            unit.state = self._state(place, number)
        sent = any(unit.state != "confirmed_unavailable" for unit in shipment.inventory_units)
        if sent and self._index % 4:
            carrier = shipment.data.carrier if shipment.data else "Greco"
            code = f"{carrier[:2].upper()}{self._random.randint(10**9, 10**10 - 1)}LU"
            shipment.tracking = Tracking(code, PROVIDERS[carrier])

    @staticmethod
    def _state(place: int, number: int) -> UnitState:
        if place == 2:
            return "confirmed_unavailable"
        if place == 5:
            return "confirmed_unavailable" if number == 0 else "confirmed_available"
        if place == 7:
            return "returned" if number == 0 else "confirmed_available"
        if place == 8:
            return "returned"
        return "confirmed_available"
