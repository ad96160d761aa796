"""What publishing decides without a database."""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.orion_marketplace_import.lib.publishing.merge import (
    kept_by_store,
    text_digest,
    texts_to_write,
    to_write,
)
from odoo.addons.orion_marketplace_import.lib.publishing.pictures import (
    address_digest,
    picture_digest,
)
from odoo.addons.orion_marketplace_import.lib.publishing.prices import (
    is_on_offer,
    list_price,
    next_turn,
    with_margin,
)
from odoo.addons.orion_marketplace_import.lib.publishing.variants import (
    NO_VALUE,
    combination,
    common_title,
    kinds_of,
    price_extras,
)

VALUES = st.one_of(st.none(), st.just(False), st.integers(0, 3), st.sampled_from(["", "a", "b"]))
SOME = st.dictionaries(st.sampled_from("xyz"), VALUES)
CENTS = st.decimals("0.01", "9999.99", places=2)


def test_only_what_the_feed_changed_and_the_store_did_not() -> None:
    published = {"price": 10.0, "brand": "Lux", "mpn": "1"}
    current = {"price": 10.0, "brand": "Ours", "mpn": "1"}
    wanted = {"price": 12.0, "brand": "New", "mpn": "1"}
    assert to_write(current, published, wanted) == {"price": 12.0}
    assert kept_by_store(current, published) == ["brand"]


def test_what_was_never_published_fills_empty_places_only() -> None:
    current = {"brand": False, "price": 5.0, "weight": 0.0}
    assert to_write(current, {}, {"brand": "Lux", "price": 9.0, "weight": 1.5}) == {
        "brand": "Lux",
        "weight": 1.5,
    }


def test_what_the_store_has_emptied_stays_empty() -> None:
    assert to_write({"brand": False}, {"brand": "Lux"}, {"brand": "New"}) == {}


@given(SOME, SOME, SOME)
def test_a_value_that_the_store_changed_is_never_written(
    current: dict[str, object], published: dict[str, object], wanted: dict[str, object]
) -> None:
    written = to_write(current, published, wanted)
    assert not set(written) & set(kept_by_store(current, published))
    after = {**current, **written}
    assert to_write(after, {**published, **wanted}, wanted) == {}, "once is enough"


def test_texts_follow_language_by_language() -> None:
    published = {"fr_FR": text_digest("Stylo"), "de_DE": text_digest("Stift")}
    current = {"fr_FR": "Stylo", "de_DE": "Unser Stift", "en_US": ""}
    wanted = {"fr_FR": "Plume", "de_DE": "Feder", "en_US": "Pen"}
    assert texts_to_write(current, published, wanted) == {"fr_FR": "Plume", "en_US": "Pen"}


@given(CENTS, st.sampled_from([0, 3, 8, 14, 17, 20]))
def test_a_net_price_makes_the_gross_one_again(gross: Decimal, percent: int) -> None:
    assert list_price(gross, Decimal(0), 2) == gross
    net = list_price(gross, Decimal(percent), 2)
    assert abs(net * (1 + Decimal(percent) / 100) - gross) < Decimal("0.01")


def test_margin_surcharge_and_rounding() -> None:
    price = Decimal("11.70")
    assert with_margin(price, Decimal(10), Decimal(1), Decimal("0.05")) == Decimal("13.85")
    assert with_margin(price, Decimal(0), Decimal(0), Decimal(0)) == price
    assert with_margin(price, Decimal(10), Decimal(0), Decimal(1)) == Decimal("13.00")
    assert with_margin(price, Decimal(0), Decimal(-20), Decimal(0)) == 0


def test_titles_of_variants_have_a_beginning_in_common() -> None:
    assert common_title(["T-Shirt Moselle Red M", "T-Shirt Moselle Red L"]) == "T-Shirt Moselle Red"
    assert common_title(["Shirt - red", "Shirt - blue"]) == "Shirt"
    assert common_title(["Pen", "Cup"]) == "Pen"
    assert common_title(["", "Cup"]) == "Cup"
    assert common_title([]) == ""


def test_kinds_and_combinations() -> None:
    values = [{"size": "M", "color": "Red"}, {"color": "Blue"}]
    assert kinds_of(values) == ("color", "size")
    assert combination(values[1], ("color", "size")) == {"color": "Blue", "size": NO_VALUE}


@given(
    CENTS,
    st.dictionaries(st.sampled_from("SMLX"), st.decimals(-3, 9, places=2), min_size=1),
    st.dictionaries(st.sampled_from(["red", "blue"]), st.decimals(0, 9, places=2), min_size=1),
)
def test_prices_that_are_sums_are_found(
    base: Decimal, sizes: dict[str, Decimal], colors: dict[str, Decimal]
) -> None:
    variants = [
        ((size, color), {"size": size, "color": color}, base + more + extra)
        for size, more in sizes.items()
        for color, extra in colors.items()
    ]
    first, extras, odd = price_extras(variants)
    assert not odd
    for _key, values, price in variants:
        assert first + sum(extras[pair] for pair in values.items()) == price


def test_a_price_that_is_no_sum_is_named() -> None:
    prices = {("S", "red"): 10, ("M", "red"): 12, ("S", "blue"): 11, ("M", "blue"): 99}
    variants = [
        (key, {"size": key[0], "color": key[1]}, Decimal(price)) for key, price in prices.items()
    ]
    _base, _extras, odd = price_extras(variants)
    assert odd == {("M", "blue")}


NOON = datetime(2026, 11, 27, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("period", "holds"),
    [
        ("", True),
        ("next week", True),
        ("2026-11-27/", True),
        ("2026-11-20/2026-11-27", True),
        ("2026-11-20/2026-11-26", False),
        ("2026-11-28/2026-11-30", False),
        ("2026-11-20T11:07+0100/2026-11-27T13:01+0100", True),
        ("2026-11-20T11:07+0100 / 2026-11-27T12:59+0100", False),
        ("2026-11-27T12:30Z/2026-11-29T23:07Z", False),
        ("2026-11-27T08:00-08:00/2026-11-29T08:00-08:00", False),
    ],
)
def test_a_sale_price_holds_in_its_period(period, holds):
    assert is_on_offer(period, NOON) is holds


@pytest.mark.parametrize(
    ("period", "turn"),
    [
        ("", None),
        ("next week", None),
        ("2026-11-20/2026-11-26", None),
        ("2026-11-20/2026-11-27", datetime(2026, 11, 28, tzinfo=timezone.utc)),
        ("2026-11-28T00:00+0100/2026-11-30", datetime(2026, 11, 27, 23, tzinfo=timezone.utc)),
        ("2026-11-30/2026-11-28", None),
        ("2026-11-20/9999-12-31", datetime(9999, 12, 31, tzinfo=timezone.utc)),
        ("2026-11-20/9999-12-31T23:59-05:00", None),
    ],
)
def test_a_sale_price_turns_next(period, turn):
    assert next_turn(period, NOON) == turn
    assert is_on_offer(period, NOON) in (True, False)


_MOMENTS = st.datetimes(
    datetime(2026, 11, 1), datetime(2026, 12, 24), timezones=st.just(timezone.utc)
)


@given(_MOMENTS, _MOMENTS, _MOMENTS, _MOMENTS)
def test_nothing_changes_before_the_next_turn(begins, ends, now, later):
    period = f"{begins.isoformat()}/{ends.isoformat()}"
    turn = next_turn(period, now)
    if turn is not None:
        assert turn > now
        assert is_on_offer(period, turn) is not is_on_offer(period, now)
    if later >= now and (turn is None or later < turn):
        assert is_on_offer(period, later) is is_on_offer(period, now)


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("https://a/p.png?X-Amz-Date=1&X-Amz-Signature=f", "https://a/p.png"),
        ("https://a/p.png?v=2&Expires=9&Signature=f~&Key-Pair-Id=K", "https://a/p.png?v=2"),
        ("https://a/p.png?w=1&se=2026-12-01T00%3A00Z&sig=f%2B", "https://a/p.png?w=1"),
        ("https://a/p.png?hdnts=exp=1~acl=/*~hmac=f", "https://a/p.png"),
        (
            "https://a/p.png?se=xl&assignature=1&token=7",
            "https://a/p.png?se=xl&assignature=1&token=7",
        ),
    ],
)
def test_a_signature_is_no_part_of_what_an_address_names(address, named):
    assert picture_digest(address) == address_digest(named)
