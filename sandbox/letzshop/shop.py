"""The marketplace's state."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from ..http.clock import Clock
from .effects import Effects
from .records.access_key import AccessKey
from .records.article import Article
from .records.inventory_unit import InventoryUnit
from .records.mutation_error import MutationError
from .records.product import Product
from .records.shipment import Shipment
from .records.states import UnitState
from .records.tracking import Tracking
from .seed.population import Population

VENDORS = ("lux-shop", "moselle-shop")
KEYS = (
    AccessKey("default", "letz-demo-key-3f9c1a7be2", frozenset({"lux-shop"})),
    AccessKey("second", "letz-second-key-88d0e41c6b", frozenset({"moselle-shop"})),
    AccessKey("both", "letz-both-key-5a17c9d3f0", frozenset(VENDORS)),
    AccessKey("no_rights", "letz-guest-key-0b62ff91d4", frozenset()),
)


class Shop:
    """Shipments and what may be done to them; callers hold `lock`."""

    def __init__(self, clock: Clock) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        #: Changes whenever an answer may.
        self.version = 0
        self.keys = {key.secret: key for key in KEYS}
        #: Pieces by SKU, where the stock is told by GraphQL.
        self.stock: dict[str, int] = {}
        self.reset(seed=1, orders=0, history=0)

    def reset(self, *, seed: int, orders: int, history: int) -> None:
        """Forget everything and start with new orders."""
        self.population = Population(seed, VENDORS)
        self.effects = Effects()
        self.shipments: dict[str, Shipment] = {}
        self.units: dict[str, InventoryUnit] = {}
        now = self.clock.now()
        self.add(self.population.history(history, now))
        self.add(self.population.open_orders(orders, now))

    def issue_key(self, vendor: str) -> AccessKey:
        """One more key for a vendor."""
        number = len(self.keys)
        key = AccessKey(f"issued-{number}", f"letz-issued-key-{number:010d}", frozenset({vendor}))
        self.keys[key.secret] = key
        return key

    def add(self, shipments: Iterable[Shipment]) -> list[Shipment]:
        """Take in shipments at the end of the list."""
        added = list(shipments)
        for shipment in added:
            last = next(reversed(self.shipments.values()), None)
            shipment.sequence = last.sequence + 1 if last else 1
            shipment.refresh()
            self.shipments[shipment.id] = shipment
            self.units.update((unit.id, unit) for unit in shipment.inventory_units)
        self.version += 1
        return added

    def visible(self, vendors: frozenset[str], state: str | None) -> list[Shipment]:
        """Shipments of these vendors, oldest first."""
        return [
            shipment
            for shipment in self.shipments.values()
            if shipment.vendor in vendors and (state is None or shipment.state == state)
        ]

    def products(self) -> list[Product]:
        """What the marketplace shows to everybody."""
        articles = self.catalogue(VENDORS)
        found = (article.variant.product for article in articles if article.listed)
        return list({product.id: product for product in found if product}.values())

    def catalogue(self, vendors: Iterable[str]) -> list[Article]:
        """The articles of these vendors, unlisted ones included."""
        return [article for vendor in vendors for article in self.population.articles[vendor]]

    def confirm(
        self,
        decisions: Iterable[tuple[str, bool]],
        vendors: frozenset[str],
        *,
        by_hand: bool = False,
    ) -> tuple[list[InventoryUnit], list[MutationError]]:
        """Accept (True) or refuse pieces; each succeeds or fails on its own."""
        touched: dict[str, InventoryUnit] = {}
        errors: list[MutationError] = []
        for unit_id, available in decisions:
            unit = self._unit(unit_id, vendors)
            if unit is None:
                errors.append(_not_found(unit_id, "Inventory unit"))
                continue
            touched[unit_id] = unit
            if unit.state != "unconfirmed":
                self.effects.units[unit_id].duplicates += 1
                message = f"Inventory unit was already decided: {unit.state}"
                errors.append(MutationError(unit_id, "ALREADY_CONFIRMED", message))
                continue
            self._decide(unit, available=available, by_hand=by_hand)
        return list(touched.values()), errors

    def give_back(
        self, unit_ids: Iterable[str], vendors: frozenset[str], *, by_hand: bool = False
    ) -> tuple[list[InventoryUnit], list[MutationError]]:
        """Return pieces that were accepted; each succeeds or fails on its own."""
        touched: dict[str, InventoryUnit] = {}
        errors: list[MutationError] = []
        for unit_id in unit_ids:
            unit = self._unit(unit_id, vendors)
            if unit is None:
                errors.append(_not_found(unit_id, "Inventory unit"))
                continue
            touched[unit_id] = unit
            if unit.state != "confirmed_available":
                self.effects.units[unit_id].duplicates += unit.state == "returned"
                code = "ALREADY_RETURNED" if unit.state == "returned" else "NOT_RETURNABLE"
                message = f"Inventory unit can not be returned: {unit.state}"
                errors.append(MutationError(unit_id, code, message))
                continue
            self._change(unit, "returned")
            self.effects.units[unit_id].returned += 1
            self.effects.units[unit_id].by_hand += by_hand
        return list(touched.values()), errors

    def track(
        self, shipment_id: str, tracking: Tracking, vendors: frozenset[str]
    ) -> tuple[Shipment | None, list[MutationError]]:
        """Set or replace the parcel number of a shipment that goes out."""
        shipment = self.shipments.get(shipment_id)
        if shipment is None or shipment.vendor not in vendors:
            return None, [_not_found(shipment_id, "Shipment")]
        if not tracking.code.strip() or not tracking.provider.strip():
            message = "Code and provider can't be blank"
            return shipment, [MutationError(shipment_id, "INVALID", message)]
        if shipment.state == "unconfirmed":
            message = "Shipment has unconfirmed inventory units"
            return shipment, [MutationError(shipment_id, "NOT_CONFIRMED", message)]
        if not any(unit.state == "confirmed_available" for unit in shipment.inventory_units):
            message = "Shipment has nothing to send"
            return shipment, [MutationError(shipment_id, "NOTHING_TO_SHIP", message)]
        shipment.tracking = tracking
        self.version += 1
        self.effects.tracking[shipment_id].append(tracking)
        return shipment, []

    def forget(self, shipment: Shipment) -> None:
        """Know nothing of a shipment and its pieces any more."""
        del self.shipments[shipment.id]
        for unit in shipment.inventory_units:
            del self.units[unit.id]
            self.effects.units.pop(unit.id, None)
        self.version += 1

    def _unit(self, unit_id: str, vendors: frozenset[str]) -> InventoryUnit | None:
        unit = self.units.get(unit_id)
        return unit if unit is not None and unit.shipment.vendor in vendors else None

    def _decide(self, unit: InventoryUnit, *, available: bool, by_hand: bool) -> None:
        self._change(unit, "confirmed_available" if available else "confirmed_unavailable")
        counts = self.effects.units[unit.id]
        counts.confirmed += available
        counts.refused += not available
        counts.by_hand += by_hand

    def _change(self, unit: InventoryUnit, state: UnitState) -> None:
        unit.state = state
        unit.shipment.refresh()
        self.version += 1


def _not_found(object_id: str, noun: str) -> MutationError:
    return MutationError(object_id, "NOT_FOUND", f"{noun} not found")
