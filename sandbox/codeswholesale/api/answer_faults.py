"""Faults of the supplier's own, whatever the wire does."""

from __future__ import annotations

from collections.abc import Mapping

from ...http.fault import Fault
from ...http.fault_kind import FaultKind
from ..refusal import (
    Refusal,
    balance_too_low,
    price_moved,
    product_gone,
    stock_short,
)

ANSWER_FAULTS = (
    FaultKind("unauthorised", "The token counts as unknown: 401."),
    FaultKind("forbidden", "The account lacks the right: 403."),
    FaultKind("wrapped_token", "The token comes in the other form."),
    FaultKind("short_token", "The token has little of its life left.", {"seconds": float}),
    FaultKind("price_moved", "The order is refused: another price."),
    FaultKind("stock_short", "The order is refused: too few codes."),
    FaultKind("balance_low", "The order is refused: too little money (400/10002)."),
    FaultKind("product_gone", "The order is refused: not in the price list (404/20001)."),
    FaultKind("odd_refusal", "The order is refused with a number nobody knows.", {"code": int}),
    FaultKind("already_reported", "The order is answered 208, and nothing is bought."),
    FaultKind("stuck_order", "The order stays at Fulfilling."),
    FaultKind("order_ends", "The order comes to this status.", {"status": str}),
    FaultKind("odd_status", "Orders show this status.", {"status": str}),
    FaultKind("odd_code_type", "Codes show this type.", {"type": str}),
    FaultKind("missing_codes", "So many codes of an order are not shown.", {"count": int}),
    FaultKind("broken_image", "Pictures are no base64."),
    FaultKind("no_invoice", "There is no invoice yet: 404."),
    FaultKind("broken_invoice", "The invoice is no PDF."),
    FaultKind("damaged_items", "The first products of a page lack what is needed.", {"count": int}),
    FaultKind("stuck_token", "The continuation token never changes."),
    FaultKind("token_gone", "The continuation token is not known any more: 400."),
    FaultKind("no_items", "The answer has no items."),
    FaultKind("extra_fields", "A field nobody knows in every object."),
    FaultKind("low_limit", "The rate limit is reached: 429.", {"seconds": float}),
)


def refusal_of(faults: Mapping[str, Fault], product_id: str) -> Refusal | None:
    """The refusal of an order that is armed, if any."""
    if "price_moved" in faults:
        return price_moved()
    if "stock_short" in faults:
        return stock_short()
    if "balance_low" in faults:
        return balance_too_low()
    if "product_gone" in faults:
        return product_gone(product_id)
    if "odd_refusal" in faults:
        return Refusal(400, int(faults["odd_refusal"].number("code", 99999)), "Refused")
    return None
