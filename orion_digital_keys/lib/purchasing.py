"""What is bought, and what follows from a refusal: rules without a database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from .errors import BalanceTooLow, PriceMoved, ProductGone, StockShort
from .keys_adapter import Quote

#: Times that one sold piece is ordered before a person has to look.
MOST_ATTEMPTS = 5
#: Waits between two looks at an order that is not complete, in seconds; the last one repeats.
CHECK_SECONDS = (2, 3, 5, 10, 20, 30, 60, 120, 300)
#: Between two looks at codes that are not published yet.
PREORDER_SECONDS = 6 * 3600
#: So often an order is looked at before a person is told: one that the supplier calls complete
#: though keys are missing (about ten minutes), and one that does not get on (about four hours).
PATIENT_CHECKS, LONG_CHECKS = 10, 50


@dataclass(frozen=True, slots=True)
class Buy:
    """Buy so many pieces at this price a piece.

    :param is_preorder: the codes may come later, which the supplier wants to be told
    """

    quantity: int
    unit_price: Decimal
    is_preorder: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """Buy nothing now.

    :param reason: a value of the field `reason` of `orion.digital.piece`
    """

    reason: str


def decide(
    quote: Quote | None, quantity: int, maximum: Decimal | None, allow_preorder: bool = False
) -> Buy | Wait:
    """What to buy of a product.

    :param quote: today's; None where the supplier does not sell it (any more)
    :param maximum: highest price of a piece that is accepted, in the quote's currency; None
        for no limit
    :param allow_preorder: buy what has no code yet
    """
    if quote is None:
        return Wait("product_gone")
    if quote.is_preorder and not allow_preorder:
        return Wait("preorder_only")
    is_promised = quote.is_preorder and quote.available <= 0
    possible = quantity if is_promised else min(quantity, quote.available)
    if possible < 1:
        return Wait("out_of_stock")
    price = quote.unit_price(possible)
    if price is None:
        return Wait("out_of_stock")
    if maximum is not None and price > maximum:
        return Wait("price_too_high")
    return Buy(possible, price, quote.is_preorder)


@dataclass(frozen=True, slots=True)
class Money:
    """What can be spent at a supplier.

    :param currency: ISO 4217
    """

    amount: Decimal
    currency: str

    def pays(self, buy: Buy, currency: str) -> bool:
        """Whether it is enough; prices in another currency are the supplier's own matter."""
        return currency != self.currency or buy.quantity * buy.unit_price <= self.amount

    def less(self, cost: Decimal) -> Money:
        """What is left behind a purchase."""
        return replace(self, amount=self.amount - cost)


def is_money_short(
    quotes: Mapping[str, Quote | None], wanted: Iterable[tuple[str, bool]], money: Money | None
) -> bool:
    """Whether the supplier is to be asked what can be spent before more is bought.

    :param wanted: for each piece the supplier's id of the product, and whether the balance was
        too low for it before
    :param money: as last told, less what was ordered since; None where it was never told
    """
    needed = Decimal(0)
    for external_id, was_short in wanted:
        if was_short:
            return True
        quote = quotes.get(external_id)
        price = quote.unit_price(1) if quote else None
        if quote and price and money and quote.currency == money.currency:
            needed += price
    return money is not None and needed > money.amount


@dataclass(frozen=True, slots=True)
class AfterRefusal:
    """What becomes of the pieces of an order that was refused.

    :param reason: why they wait
    :param at_once: ask for the price again and buy under a new reference
    :param tell: a person has to do something
    :param hold: nothing is bought again before a person has said so
    :param counts: it is one of the attempts after which a person has to look
    """

    reason: str
    at_once: bool = False
    tell: bool = True
    hold: bool = False
    counts: bool = True


_AFTER = {
    PriceMoved.code: AfterRefusal("price_too_high", at_once=True, tell=False),
    StockShort.code: AfterRefusal("out_of_stock", tell=False),
    BalanceTooLow.code: AfterRefusal("balance_too_low", counts=False),
    ProductGone.code: AfterRefusal("product_gone"),
}

#: What a new look at the offer should have shown: refused again and again, it is a person's matter.
_PERSISTENT = frozenset({PriceMoved.code, StockShort.code, ProductGone.code})


def after_refusal(code: str, attempts: int) -> AfterRefusal:
    """What follows from a refusal.

    :param code: of the error
    :param attempts: times that the piece was ordered, with this one
    """
    following = _AFTER.get(code)
    if following is None or (code in _PERSISTENT and attempts >= MOST_ATTEMPTS):
        return AfterRefusal("purchase_failed", hold=True)
    return following


def check_delay(checks: int) -> int:
    """Seconds before an order is looked at again that was looked at so often."""
    return CHECK_SECONDS[min(max(checks, 0), len(CHECK_SECONDS) - 1)]
