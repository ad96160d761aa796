"""Rules of buying, for all values."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.orion_digital_keys.lib.keys_adapter import (
    PriceBand,
    PurchaseOrder,
    Quote,
    unit_price,
)
from odoo.addons.orion_digital_keys.lib.purchasing import (
    MOST_ATTEMPTS,
    Buy,
    Wait,
    after_refusal,
    check_delay,
    decide,
)


def _bands(steps):
    start, bands = 1, []
    for length, price in steps:
        bands.append(PriceBand(start, start + length - 1, price))
        start += length
    return (*bands, PriceBand(start, None, steps[-1][1]))


PRICES = st.decimals("0.01", "200", places=2)
ANY_BANDS = st.lists(
    st.builds(
        lambda start, length, price: PriceBand(start, length and start + length - 1, price),
        st.integers(1, 50),
        st.none() | st.integers(1, 20),
        PRICES,
    ),
    min_size=1,
    max_size=5,
)
BANDS = st.lists(st.tuples(st.integers(1, 20), PRICES), min_size=1, max_size=4).map(_bands)


@given(
    BANDS,
    st.integers(1, 100),
    st.integers(0, 100),
    st.none() | PRICES,
    st.booleans(),
    st.booleans(),
)
def test_never_more_than_is_there_nor_above_the_maximum(
    bands, quantity, available, maximum, is_preorder, allowed
):
    quote = Quote("G", available, bands, is_preorder=is_preorder)
    decision = decide(quote, quantity, maximum, allowed)
    if isinstance(decision, Wait):
        assert decision.reason in ("out_of_stock", "price_too_high", "preorder_only")
        assert (decision.reason == "preorder_only") == (is_preorder and not allowed)
        return
    assert 1 <= decision.quantity <= quantity
    assert decision.quantity <= available or (is_preorder and allowed)
    assert maximum is None or decision.unit_price <= maximum
    assert decision.unit_price == quote.unit_price(decision.quantity)


def test_what_is_gone_is_not_bought():
    assert decide(None, 1, None) == Wait("product_gone")


def test_without_a_price_nothing_is_bought():
    assert decide(Quote("G", 5, ()), 5, None) == Wait("out_of_stock")


@given(ANY_BANDS, st.integers(1, 60), st.randoms())
def test_one_price_for_each_quantity_in_whatever_order_the_bands_come(bands, quantity, dice):
    price = unit_price(bands, quantity)
    assert price in [band.price for band in bands]
    shuffled = list(bands)
    dice.shuffle(shuffled)
    assert unit_price(shuffled, quantity) == price
    holding = [band for band in bands if _holds(band, quantity)]
    if holding:
        assert price in [band.price for band in holding]


@given(ANY_BANDS, st.integers(1, 60))
def test_in_a_gap_the_band_below_goes_on(bands, quantity):
    if any(_holds(band, quantity) for band in bands):
        return
    starts = [band.from_quantity for band in bands]
    start = max((one for one in starts if one <= quantity), default=min(starts))
    assert unit_price(bands, quantity) == unit_price(bands, start)


def test_gaps():
    bands = (PriceBand(5, 9, Decimal(3)), PriceBand(20, 29, Decimal(2)))
    assert [unit_price(bands, quantity) for quantity in (1, 5, 12, 25, 99)] == [3, 3, 3, 2, 2]
    assert unit_price((), 1) is None
    twice = (PriceBand(2, None, Decimal(2)), PriceBand(2, None, Decimal(1)))
    assert [unit_price(twice, quantity) for quantity in (1, 2)] == [1, 1]


def _holds(band, quantity):
    return band.from_quantity <= quantity <= (band.to_quantity or quantity)


def test_prices_at_the_maximum_are_accepted():
    quote = Quote("G", 5, (PriceBand(1, None, Decimal("8.00")),))
    assert decide(quote, 2, Decimal("8.00")) == Buy(2, Decimal("8.00"))
    assert decide(quote, 2, Decimal("7.99")) == Wait("price_too_high")


def test_a_moved_price_is_asked_for_again_but_not_for_ever():
    assert after_refusal("price_moved", 1).at_once
    assert not after_refusal("price_moved", MOST_ATTEMPTS).at_once
    assert after_refusal("price_moved", MOST_ATTEMPTS).tell
    assert after_refusal("whatever", 1).reason == "purchase_failed"


def test_looks_become_rarer():
    delays = [check_delay(number) for number in range(20)]
    assert delays == sorted(delays)
    assert check_delay(10**6) == delays[-1]


@given(st.text(min_size=1), st.integers(1, 99), PRICES, st.booleans())
def test_an_order_survives_the_queue(reference, quantity, price, preorder):
    order = PurchaseOrder(reference, "P", quantity, price, preorder)
    assert PurchaseOrder.of_payload(order.as_payload()) == order
