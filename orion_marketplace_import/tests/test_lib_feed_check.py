from dataclasses import replace
from decimal import Decimal

import pytest

from odoo.addons.orion_marketplace_import.lib.feed_check import (
    FeedCheck,
    FeedProblem,
    as_told,
    is_left_out,
)
from odoo.addons.orion_marketplace_import.lib.product_data import ProductData

GOOD = ProductData(
    "A1",
    "Pen",
    price=Decimal("9.90"),
    gtin="04006381333931",
    image_link="https://x.example/1.jpg",
    tax_rate=Decimal(17),
)
RATES = frozenset({Decimal(17), Decimal(3)})


def found(**changes):
    return FeedCheck(RATES).check(replace(GOOD, **changes))


def test_a_complete_product_has_no_problem():
    assert found() == ()
    assert found(sale_price=Decimal("9.89"), tax_rate=Decimal("3.00")) == ()


@pytest.mark.parametrize(
    ("changes", "problem", "left_out"),
    [
        ({"external_id": ""}, FeedProblem.MISSING_ID, True),
        ({"title": ""}, FeedProblem.MISSING_TITLE, True),
        ({"price": None}, FeedProblem.MISSING_PRICE, True),
        ({"price": Decimal(0)}, FeedProblem.MISSING_PRICE, True),
        ({"gtin": ""}, FeedProblem.MISSING_GTIN, False),
        ({"image_link": ""}, FeedProblem.MISSING_IMAGE, False),
        ({"tax_rate": None}, FeedProblem.MISSING_TAX_RATE, False),
        ({"tax_rate": Decimal("5.5")}, FeedProblem.MISSING_TAX_RATE, False),
        ({"sale_price": Decimal("9.90")}, FeedProblem.SALE_PRICE_TOO_HIGH, False),
    ],
)
def test_each_problem_is_named(changes, problem, left_out):
    assert found(**changes) == (problem,)
    assert is_left_out([problem]) == left_out


def test_any_rate_where_the_marketplace_knows_none():
    assert FeedCheck().check(replace(GOOD, tax_rate=Decimal("5.5"))) == ()


def test_second_product_of_one_id_is_left_out():
    check = FeedCheck(RATES)
    assert check.check(replace(GOOD, price=None)) == (FeedProblem.MISSING_PRICE,)
    assert check.check(GOOD) == ()
    assert check.check(GOOD) == (FeedProblem.DUPLICATE_ID,)


def test_a_sale_price_is_told_only_below_the_price():
    offer = replace(GOOD, price=Decimal("9.90"), sale_price=Decimal("8.00"))
    assert as_told(offer, FeedCheck(RATES).check(offer)) is offer
    for price in ("8.00", "5.00"):
        dearer = replace(offer, price=Decimal(price))
        told = as_told(dearer, FeedCheck(RATES).check(dearer))
        assert told == replace(dearer, sale_price=None)
