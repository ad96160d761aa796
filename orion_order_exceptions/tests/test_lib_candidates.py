import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.orion_order_exceptions.lib.candidates import (
    SHOWN,
    Finding,
    Reason,
    UnknownProduct,
    rank,
)

PEN, CUP = "04006381333931", "09780306406157"
UNKNOWN = {"pen": UnknownProduct(PEN, "PEN-1", "Pen, blue")}
NO_GTIN = {"pen": UnknownProduct(None, "PEN-1", "Pen, blue")}

findings = st.lists(
    st.builds(
        Finding,
        key=st.just("pen"),
        product_id=st.integers(1, 6),
        reason=st.sampled_from(Reason),
        score=st.sampled_from([0.0, 0.7, 1.0]),
        gtin=st.sampled_from([None, PEN, CUP]),
    ),
    max_size=8,
)


def found(*entries, **unknowns):
    entries = [Finding("pen", *entry) for entry in entries]
    return rank(unknowns or UNKNOWN, entries)["pen"]


def products(ranking):
    return [candidate.product_id for candidate in ranking.candidates]


def test_the_stronger_reason_comes_first():
    ranking = found(
        (6, Reason.TITLE, 0.99),
        (5, Reason.STAGED),
        (4, Reason.SUPPLIER),
        (3, Reason.SKU),
        (2, Reason.ALIAS),
        (1, Reason.GTIN, 1.0, PEN),
    )
    assert products(ranking) == [1, 2, 3, 4, 5]


def test_two_products_with_the_sold_gtin_are_both_shown_and_none_is_picked():
    ranking = found((2, Reason.GTIN, 1.0, PEN), (1, Reason.GTIN, 1.0, PEN), (2, Reason.SKU))
    assert products(ranking) == [1, 2]
    assert ranking.proposal is None
    assert ranking.is_duplicate


def test_all_products_with_the_sold_gtin_are_shown():
    many = [(number, Reason.GTIN, 1.0, PEN) for number in range(1, 10)]
    assert len(found(*many).candidates) == 9 > SHOWN


def test_a_product_is_listed_once_with_its_strongest_reason():
    ranking = found((1, Reason.TITLE, 0.9), (1, Reason.SKU), (1, Reason.SUPPLIER))
    (candidate,) = ranking.candidates
    assert candidate.reason is Reason.SKU


@pytest.mark.parametrize("reason", [Reason.SUPPLIER, Reason.STAGED])
def test_a_number_of_others_is_proposed_only_under_the_sold_gtin(reason):
    assert found((1, reason, 1.0, PEN)).proposal == 1
    guess = found((1, reason))
    assert (products(guess), guess.proposal) == ([1], None)
    without = UnknownProduct(None, "SKU", "Pen")
    assert rank({"a": without}, [Finding("a", 1, reason)])["a"].proposal == 1


def test_a_sku_of_a_product_with_another_gtin_is_not_proposed():
    ranking = found((1, Reason.SKU, 1.0, CUP), (2, Reason.TITLE, 0.7))
    assert products(ranking) == [2, 1]
    assert ranking.candidates[1].other_gtin
    assert ranking.proposal is None


def test_a_damaged_gtin_contradicts_nothing():
    ranking = found((1, Reason.SKU, 1.0, CUP), **NO_GTIN)
    assert ranking.proposal == 1


def test_an_alias_was_said_by_a_person_and_outweighs_the_gtin():
    assert found((1, Reason.ALIAS, 1.0, CUP)).proposal == 1


def test_an_alias_against_a_products_own_gtin_is_for_a_person():
    ranking = found((1, Reason.GTIN, 1.0, PEN), (2, Reason.ALIAS, 1.0, CUP))
    assert products(ranking) == [1, 2]
    assert ranking.proposal is None
    assert found((1, Reason.GTIN, 1.0, PEN), (1, Reason.ALIAS, 1.0, PEN)).proposal == 1


def test_a_similar_name_is_shown_but_not_proposed():
    ranking = found((1, Reason.TITLE, 1.0))
    assert products(ranking) == [1]
    assert ranking.proposal is None


def test_two_products_with_the_same_sku_are_not_picked():
    assert found((1, Reason.SKU), (2, Reason.SKU)).proposal is None


def test_nothing_found():
    assert found() == rank({"pen": UNKNOWN["pen"]}, [])["pen"]
    assert found().candidates == ()


@given(findings, st.integers(0, 8))
def test_the_order_of_the_findings_does_not_matter(entries, cut):
    turned = [*reversed(entries[cut:]), *entries[:cut]]
    assert rank(UNKNOWN, entries) == rank(UNKNOWN, turned)


@given(findings)
def test_what_is_proposed_is_shown_first_and_beyond_doubt(entries):
    ranking = rank(UNKNOWN, entries)["pen"]
    assert len(set(products(ranking))) == len(ranking.candidates)
    assert set(products(ranking)) <= {entry.product_id for entry in entries}
    if ranking.proposal is not None:
        first = ranking.candidates[0]
        assert first.product_id == ranking.proposal
        assert first.reason is not Reason.TITLE
        assert not first.other_gtin
    if len({entry.product_id for entry in entries if entry.reason is Reason.GTIN}) > 1:
        assert ranking.proposal is None
        assert ranking.is_duplicate
