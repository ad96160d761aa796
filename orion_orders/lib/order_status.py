"""The ten statuses of an order, and which may follow which."""

from __future__ import annotations

import enum
from collections.abc import Mapping


class OrderStatus(str, enum.Enum):
    """What became of an order, the same for all marketplaces."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    PROCESSING = "processing"
    READY_FOR_SHIPMENT = "ready_for_shipment"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    PARTIALLY_REFUNDED = "partially_refunded"


_S = OrderStatus
_REFUNDS = frozenset({_S.REFUNDED, _S.PARTIALLY_REFUNDED})

#: What may follow a status; an order that is being imported has none yet.
#: "Any after confirmed" of the credit notes means: any that the order takes once it is
#: confirmed, with `confirmed` itself, because an order may be invoiced and credited then.
TRANSITIONS: Mapping[OrderStatus, frozenset[OrderStatus]] = {
    _S.PENDING: frozenset({_S.CONFIRMED, _S.CANCELLED}),
    _S.CONFIRMED: _REFUNDS | {_S.PROCESSING, _S.SHIPPED, _S.FULFILLED, _S.CANCELLED},
    _S.PROCESSING: _REFUNDS | {_S.READY_FOR_SHIPMENT, _S.SHIPPED, _S.FULFILLED, _S.CANCELLED},
    _S.READY_FOR_SHIPMENT: _REFUNDS | {_S.SHIPPED, _S.CANCELLED},
    _S.SHIPPED: _REFUNDS | {_S.DELIVERED},
    _S.DELIVERED: _REFUNDS,
    _S.FULFILLED: _REFUNDS,
    _S.PARTIALLY_REFUNDED: frozenset({_S.REFUNDED}),
    _S.REFUNDED: frozenset(),
    _S.CANCELLED: frozenset(),
}

#: Statuses of an order whose goods have not left yet.
BEFORE_SHIPMENT = frozenset({_S.CONFIRMED, _S.PROCESSING, _S.READY_FOR_SHIPMENT})

#: Field that keeps when an order came to a status.
TIMESTAMPS: Mapping[OrderStatus, str] = {
    _S.CONFIRMED: "orion_confirmed_at",
    _S.SHIPPED: "orion_shipped_at",
    _S.DELIVERED: "orion_delivered_at",
    _S.FULFILLED: "orion_fulfilled_at",
}


def is_allowed(old: str, new: str) -> bool:
    """Whether `new` may follow `old`; both are values of `OrderStatus`."""
    return OrderStatus(new) in TRANSITIONS[OrderStatus(old)]


def allowed_after(old: str) -> tuple[str, ...]:
    """Values that may follow `old`, in the order of the life of an order."""
    following = TRANSITIONS[OrderStatus(old)]
    return tuple(status.value for status in OrderStatus if status in following)


def path(old: str, new: str) -> tuple[str, ...]:
    """The shortest way from `old` to `new` along allowed transitions, without `old`.

    Empty where there is none. A marketplace that says "delivered" of an order that is
    confirmed here means: shipped, then delivered.
    """
    start, goal = OrderStatus(old), OrderStatus(new)
    ways: list[tuple[OrderStatus, ...]] = [(start,)]
    seen = {start}
    while ways:
        way = ways.pop(0)
        if way[-1] is goal:
            return tuple(status.value for status in way[1:])
        for status in OrderStatus:
            if status in TRANSITIONS[way[-1]] and status not in seen:
                seen.add(status)
                ways.append((*way, status))
    return ()
