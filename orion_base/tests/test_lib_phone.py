import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.orion_base.lib.phone import e164, e164_or_original


@pytest.mark.parametrize(
    ("typed", "country", "expected"),
    [
        ("+352 621 123 456", None, "+352621123456"),
        ("00352 621 123 456", None, "+352621123456"),
        ("00352 621 123 456", "US", "+352621123456"),
        ("621 123 456", "LU", "+352621123456"),
        ("621123456", "lu", "+352621123456"),
        ("352621123456", "LU", "+352621123456"),
        ("Tel.: +352/621.123-456", None, "+352621123456"),
        ("+352 (0) 621 123 456", "LU", "+352621123456"),
        ("+49 (0) 30 123456", "LU", "+4930123456"),
        ("0049 (0)30 123456", None, "+4930123456"),
        ("(0)30 123456", "DE", "+4930123456"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("0470 12 34 56", "BE", "+32470123456"),
        ("\u202a+352 621 123 456\u202c", None, "+352621123456"),
        ("+49 30 123456 ext. 12", None, "+4930123456"),
    ],
)
def test_valid(typed, country, expected):
    assert e164(typed, country) == expected
    assert e164_or_original(typed, country) == expected


@pytest.mark.parametrize(
    ("typed", "country"),
    [
        ("621 123 456", None),
        ("621 123 456", "ZZ"),
        ("06 12 34 56 78", None),
        ("123", "LU"),
        ("no phone", "LU"),
        ("+999 123456789", None),
        ("", "LU"),
        (None, "LU"),
        ("1" * 100, "LU"),
    ],
)
def test_invalid_is_kept(typed, country):
    assert e164(typed, country) is None
    assert e164_or_original(typed, country) == (typed or "")


@given(st.text(max_size=40), st.sampled_from([None, "LU", "FR", "DE", "BE", "US", ""]))
def test_result_is_e164_and_stable(typed, country):
    found = e164(typed, country)
    if found is not None:
        assert found[0] == "+"
        assert found[1:].isdecimal()
        assert len(found) <= 16
        assert e164(found, None) == found


@pytest.mark.parametrize("junk", ["-", "--", "0", "12", "+", "  . "])
def test_what_is_no_number_at_all_is_left_out(junk):
    assert e164_or_original(junk, "LU") == ""


def test_what_may_be_one_is_kept():
    assert e164_or_original(" 112 ", "LU") == "112"
