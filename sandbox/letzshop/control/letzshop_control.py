"""What tests do to the marketplace."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from typing import Any, TypeAlias

from ...http.clock import Clock
from ...http.control import Control
from ...http.fault_board import FaultBoard
from ...http.http_error import HttpError
from ...http.json_value import JsonObject, JsonValue
from ...http.request_log import RequestLog
from ..records.inventory_unit import InventoryUnit
from ..records.mutation_error import MutationError
from ..records.shipment import Shipment
from ..records.tracking import Tracking
from ..settings import Settings
from ..shop import VENDORS, Shop
from .views import article_view, shipment_view

ALL_VENDORS = frozenset(VENDORS)
#: A JSON object that its reader knows.
View: TypeAlias = dict[str, Any]


class LetzshopControl(Control):
    """Sets the scene and tells what happened; also reached over HTTP."""

    def __init__(
        self,
        shop: Shop,
        settings: Settings,
        faults: FaultBoard,
        log: RequestLog,
        clock: Clock,
    ) -> None:
        super().__init__(clock, faults, log)
        self._shop = shop
        self._settings = settings

    # --- scene ---

    def reset(
        self,
        *,
        seed: int = 1,
        orders: int = 200,
        history: int | None = None,
        now: datetime | None = None,
    ) -> View:
        """Start anew: orders, effects, faults, log, settings and clock.

        :param orders: undecided ones; every tenth is the second vendor's.
        :param history: decided ones; None for half as many as `orders`.
        :param now: where the clock stands still; None for the real time.
        :return: counts, as `state` tells them.
        """
        self._faults.clear()
        self._faults.seed(seed)
        self._log.clear()
        self.clock.reset()
        if now is not None:
            self.clock.set(now, freeze=True)
        self.configure(**_defaults())
        with self._shop.lock:
            self._shop.reset(
                seed=seed, orders=orders, history=orders // 2 if history is None else history
            )
        return self.state()

    def add_orders(
        self,
        count: int = 1,
        *,
        lines: int = 2,
        quantity: int = 1,
        customers: int = 0,
        vendor: str = VENDORS[0],
        decided: bool = False,
    ) -> list[str]:
        """Add plain orders, completed now, one shipment each; ids of the shipments.

        :param lines: each another article of the catalogue.
        :param quantity: pieces of each line.
        :param customers: after how many orders a customer comes again; 0 for never.
        :param decided: all pieces accepted already.
        """
        if vendor not in ALL_VENDORS:
            raise HttpError(400, f"There is no vendor {vendor}.")
        with self._shop.lock:
            made = list(
                self._shop.population.bulk(
                    vendor,
                    count,
                    self.clock.now(),
                    lines=lines,
                    quantity=quantity,
                    customers=customers,
                )
            )
            if decided:
                for shipment in made:
                    for unit in shipment.inventory_units:
                        unit.state = "confirmed_available"
            return [shipment.id for shipment in self._shop.add(made)]

    def issue_key(self, vendor: str = VENDORS[0]) -> str:
        """A further key of a vendor, who may have several; it stays until the stand-in ends."""
        if vendor not in ALL_VENDORS:
            raise HttpError(400, f"There is no vendor {vendor}.")
        with self._shop.lock:
            return self._shop.issue_key(vendor).secret

    def configure(self, **changes: JsonValue) -> View:
        """Change settings; all of them as they are then."""
        known = {field.name for field in fields(Settings)}
        with self._shop.lock:
            for name, value in changes.items():
                if name not in known:
                    raise HttpError(400, f"There is no setting {name}.")
                if not isinstance(value, (int, float)):
                    raise HttpError(400, f"The setting {name} is a number or true or false.")
                setattr(self._settings, name, value)
            self._shop.version += 1
        return {name: getattr(self._settings, name) for name in sorted(known)}

    def stock(self) -> dict[str, int]:
        """Pieces by SKU that `updateInventory` told."""
        with self._shop.lock:
            return dict(self._shop.stock)

    # --- other hands ---

    def decide(
        self, units: Iterable[str] = (), *, available: bool = True, shipment: str | None = None
    ) -> list[str]:
        """Accept or refuse pieces as in Letzshop's own screen; ids of those that failed.

        :param shipment: all undecided pieces of it besides `units`.
        """
        with self._shop.lock:
            chosen = [*units, *self._pieces(shipment, "unconfirmed")]
            decisions = [(unit, available) for unit in chosen]
            return _failed(self._shop.confirm(decisions, ALL_VENDORS, by_hand=True))

    def give_back(self, units: Iterable[str] = (), *, shipment: str | None = None) -> list[str]:
        """Return pieces as in Letzshop's own screen; ids of those that failed.

        :param shipment: all accepted pieces of it besides `units`.
        """
        with self._shop.lock:
            chosen = [*units, *self._pieces(shipment, "confirmed_available")]
            return _failed(self._shop.give_back(chosen, ALL_VENDORS, by_hand=True))

    def set_tracking(self, shipment: str, code: str, provider: str) -> None:
        """Set tracking as in Letzshop's own screen; not counted as an effect."""
        with self._shop.lock:
            self._shipment(shipment).tracking = Tracking(code, provider)
            self._shop.version += 1

    def forget(self, shipment: str) -> None:
        """Take a shipment out of the marketplace, as if it had never been there."""
        with self._shop.lock:
            self._shop.forget(self._shipment(shipment))

    # --- what happened ---

    def effects(self, shipments: Iterable[str] = ()) -> View:
        """Counts of what took effect, of all or only these shipments."""
        with self._shop.lock:
            counts = self._shop.effects.as_json(self._shop.units, shipments)
        return {**counts, "most_at_once": dict(self._log.most_at_once)}

    def shipments(
        self,
        *,
        state: str | None = None,
        vendor: str | None = None,
        trait: str | None = None,
        limit: int | None = None,
    ) -> list[View]:
        """Shipments, oldest first, with what is special about them."""
        vendors = ALL_VENDORS if vendor is None else frozenset({vendor})
        with self._shop.lock:
            found = [
                shipment
                for shipment in self._shop.visible(vendors, state)
                if trait is None or trait in shipment.traits
            ]
            return [shipment_view(shipment) for shipment in found[:limit]]

    def shipment(self, shipment_id: str) -> View:
        """One shipment."""
        with self._shop.lock:
            return shipment_view(self._shipment(shipment_id))

    def catalogue(self, vendor: str = VENDORS[0]) -> list[View]:
        """The articles that the merchant has in the own books."""
        with self._shop.lock:
            articles = self._shop.catalogue([vendor] if vendor in ALL_VENDORS else [])
        return [article_view(article) for article in articles if article.listed]

    def state(self) -> View:
        """Counts, the time, settings and keys."""
        with self._shop.lock:
            return {
                "now": self.clock.now().isoformat(),
                "shipments": len(self._shop.shipments),
                "unconfirmed": len(self._shop.visible(ALL_VENDORS, "unconfirmed")),
                "units": len(self._shop.units),
                "vendors": {
                    vendor: {
                        state: len(self._shop.visible(frozenset({vendor}), state))
                        for state in ("unconfirmed", "confirmed")
                    }
                    for vendor in VENDORS
                },
                "settings": self.configure(),
                "keys": {key.name: key.secret for key in self._shop.keys.values()},
            }

    def _pieces(self, shipment_id: str | None, state: str) -> list[str]:
        if shipment_id is None:
            return []
        units = self._shipment(shipment_id).inventory_units
        return [unit.id for unit in units if unit.state == state]

    def _shipment(self, shipment_id: str) -> Shipment:
        found = self._shop.shipments.get(shipment_id)
        if found is None:
            raise HttpError(404, f"There is no shipment {shipment_id}.")
        return found


def _defaults() -> JsonObject:
    settings = Settings()
    return {field.name: getattr(settings, field.name) for field in fields(settings)}


def _failed(outcome: tuple[list[InventoryUnit], list[MutationError]]) -> list[str]:
    return [error.id for error in outcome[1] if error.id]
