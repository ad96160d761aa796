"""Why a supplier sells nothing; each carries what is done next."""

from __future__ import annotations

from typing import ClassVar

from odoo.addons.orion_base.lib.errors import Rejected


class PurchaseRefused(Rejected):
    """Nothing was bought, and the same order will not be accepted either."""

    code: ClassVar[str] = "purchase_refused"


class PriceMoved(PurchaseRefused):
    """The price is another one than we said: ask for it again, and buy under a new reference
    where it is still within the product's maximum."""

    code: ClassVar[str] = "price_moved"


class StockShort(PurchaseRefused):
    """The supplier has fewer than were asked for: wait for its stock."""

    code: ClassVar[str] = "stock_short"


class BalanceTooLow(PurchaseRefused):
    """The account cannot pay for it: wait for a person to top it up."""

    code: ClassVar[str] = "balance_too_low"


class ProductGone(PurchaseRefused):
    """The supplier does not sell this product any more: a person looks."""

    code: ClassVar[str] = "product_gone"
