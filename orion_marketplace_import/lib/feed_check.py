"""What a marketplace would stumble over in a product, said before it is sent."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from .product_data import ProductData


class FeedProblem(enum.Enum):
    """Why a product is left out of a feed, or does badly in it."""

    MISSING_ID = "missing_id"
    DUPLICATE_ID = "duplicate_id"
    MISSING_TITLE = "missing_title"
    MISSING_PRICE = "missing_price"
    MISSING_GTIN = "missing_gtin"
    MISSING_IMAGE = "missing_image"
    MISSING_TAX_RATE = "missing_tax_rate"
    SALE_PRICE_TOO_HIGH = "sale_price_too_high"


#: A row with one of these cannot be taken by any marketplace: it is left out.
LEFT_OUT = frozenset(
    {
        FeedProblem.MISSING_ID,
        FeedProblem.DUPLICATE_ID,
        FeedProblem.MISSING_TITLE,
        FeedProblem.MISSING_PRICE,
    }
)


def problems_of(product: ProductData, tax_rates: frozenset[Decimal]) -> Iterator[FeedProblem]:
    """The problems of one product.

    :param tax_rates: percents the marketplace knows; empty: any.
    """
    if not product.external_id:
        yield FeedProblem.MISSING_ID
    if not product.title:
        yield FeedProblem.MISSING_TITLE
    if not product.price or product.price < 0:
        yield FeedProblem.MISSING_PRICE
    elif product.sale_price is not None and product.sale_price >= product.price:
        yield FeedProblem.SALE_PRICE_TOO_HIGH
    if not product.gtin:
        yield FeedProblem.MISSING_GTIN
    if not product.image_link:
        yield FeedProblem.MISSING_IMAGE
    if product.tax_rate is None or (tax_rates and product.tax_rate not in tax_rates):
        yield FeedProblem.MISSING_TAX_RATE


class FeedCheck:
    """Checks the products of one file, one after the other, and knows the ids it has seen."""

    def __init__(self, tax_rates: Iterable[Decimal] = ()) -> None:
        self._tax_rates = frozenset(tax_rates)
        self._seen: set[str] = set()

    def check(self, product: ProductData) -> tuple[FeedProblem, ...]:
        """All problems of the next product; it belongs in the file unless `is_left_out`."""
        found = list(problems_of(product, self._tax_rates))
        if product.external_id and product.external_id in self._seen:
            found.append(FeedProblem.DUPLICATE_ID)
        elif not is_left_out(found):
            self._seen.add(product.external_id)
        return tuple(found)


def as_told(product: ProductData, problems: Iterable[FeedProblem]) -> ProductData:
    """The product as the file says it: a sale price that is none is left out."""
    if FeedProblem.SALE_PRICE_TOO_HIGH in problems:
        return replace(product, sale_price=None)
    return product


def is_left_out(problems: Iterable[FeedProblem]) -> bool:
    """Whether a product with these problems is left out of the file."""
    return not LEFT_OUT.isdisjoint(problems)
