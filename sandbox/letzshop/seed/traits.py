"""What is special about which order."""

from __future__ import annotations

from collections.abc import Iterable

#: Name of a trait: every how many orders it comes, and at which of them.
TRAITS = {
    "company": (9, 2),
    "no_phone": (8, 3),
    "junk_phone": (19, 4),
    "script": (6, 1),
    "luxembourgish": (23, 5),
    "swiss": (29, 6),
    "long_name": (41, 7),
    "no_locale": (43, 8),
    "moved": (7, 5),
    "mail_in_capitals": (17, 9),
    "shared_mail": (31, 10),
    "other_billing": (5, 4),
    "billing_abroad": (13, 11),
    "no_billing": (47, 12),
    "pick_up": (27, 13),
    "unknown_product": (11, 8),
    "no_variant": (37, 14),
    "no_product": (53, 15),
    "zero_price": (15, 7),
    "sold_below_list": (4, 2),
    "sold_above_list": (22, 16),
    "two_prices": (39, 17),
    "many_pieces": (14, 6),
    "two_shipments": (16, 12),
    "two_vendors": (18, 14),
    "total_too_small": (33, 18),
    "no_total": (59, 19),
    "half_decided": (25, 20),
    "no_sku": (21, 11),
    "no_mail": (49, 21),
}
#: Traits of which an order has one at most; the first one wins.
EXCLUSIVE = (
    ("luxembourgish", "swiss", "long_name", "company", "script", "shared_mail"),
    ("no_phone", "junk_phone", "pick_up"),
    ("no_billing", "billing_abroad", "other_billing"),
    ("sold_below_list", "sold_above_list"),
    ("no_total", "total_too_small"),
    ("no_mail", "mail_in_capitals"),
)
#: Traits of what is in the parcel, not of the order.
BASKET_TRAITS = frozenset(
    {
        "unknown_product",
        "no_variant",
        "no_product",
        "zero_price",
        "sold_below_list",
        "sold_above_list",
        "two_prices",
        "many_pieces",
        "half_decided",
        "no_sku",
    }
)


def traits_of(index: int) -> tuple[str, ...]:
    """The traits of the order with this number."""
    found = [name for name, (every, at) in TRAITS.items() if index % every == at]
    for group in EXCLUSIVE:
        for loser in [name for name in group if name in found][1:]:
            found.remove(loser)
    return tuple(found)


def order_traits(traits: Iterable[str]) -> tuple[str, ...]:
    """Those of `traits` that also hold for an order's further shipments."""
    return tuple(name for name in traits if name not in BASKET_TRAITS)
