"""States, as the schema spells them."""

from __future__ import annotations

from typing import Literal, TypeAlias

UnitState: TypeAlias = Literal[
    "unconfirmed", "confirmed_available", "confirmed_unavailable", "returned"
]
ShipmentState: TypeAlias = Literal["unconfirmed", "confirmed"]
Carrier: TypeAlias = Literal["Greco", "Colissimo", "XpressLogistics"]
