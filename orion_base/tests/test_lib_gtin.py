import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean, isbn

from odoo.addons.orion_base.lib.gtin import (
    Gtin,
    GtinKind,
    GtinProblem,
    canonical_gtin,
    gtin_variants,
    parse_gtin,
)

PEN = "04006381333931"
BOOK = "09780306406157"


@st.composite
def gtins(draw, lengths=(8, 12, 13, 14), first=0):
    length = draw(st.sampled_from(lengths))
    body = draw(st.integers(max(1, first * 10 ** (length - 2)), 10 ** (length - 1) - 1))
    digits = f"{body:0{length - 1}}"
    return digits + ean.calc_check_digit(digits)


@st.composite
def books(draw):
    digits = f"{draw(st.integers(1, 10**9 - 1)):09}"
    return isbn.to_isbn10("978" + digits + ean.calc_check_digit("978" + digits))


@pytest.mark.parametrize(
    ("written", "canonical", "kind"),
    [
        ("4006381333931", PEN, GtinKind.GTIN_13),
        ("04006381333931", PEN, GtinKind.GTIN_14),
        (" 4006381-333931\n", PEN, GtinKind.GTIN_13),
        ("4 006381 333931", PEN, GtinKind.GTIN_13),
        ("4006381333931.0", PEN, GtinKind.GTIN_13),
        ("4006381333931,00", PEN, GtinKind.GTIN_13),
        (4006381333931, PEN, GtinKind.GTIN_13),
        (4006381333931.0, PEN, GtinKind.GTIN_13),
        ("4.006381333931E+12", PEN, GtinKind.GTIN_13),
        ("4,006381333931e12", PEN, GtinKind.GTIN_13),
        ('="4006381333931"', PEN, GtinKind.GTIN_13),
        ("'4006381333931", PEN, GtinKind.GTIN_13),
        ("EAN: 4006381333931", PEN, GtinKind.GTIN_13),
        ("４００６３８１３３３９３１", PEN, GtinKind.GTIN_13),
        ("٤٠٠٦٣٨١٣٣٣٩٣١", PEN, GtinKind.GTIN_13),
        ("\ufeff4006\u200b381\u00ad333\u2060931\u200f", PEN, GtinKind.GTIN_13),
        ("4006381\u2011333931", PEN, GtinKind.GTIN_13),
        ("4006381\u00a0333931", PEN, GtinKind.GTIN_13),
        ("036000291452", "00036000291452", GtinKind.GTIN_12),
        ("36000291452", "00036000291452", GtinKind.GTIN_12),
        ("96385074", "00000096385074", GtinKind.GTIN_8),
        ("9780306406157", BOOK, GtinKind.ISBN_13),
        ("978-0-306-40615-7", BOOK, GtinKind.ISBN_13),
        ("0-306-40615-2", BOOK, GtinKind.ISBN_10),
        ("ISBN-10: 0-306-40615-2", BOOK, GtinKind.ISBN_10),
        ("306406152", BOOK, GtinKind.ISBN_10),
        ("0-8044-2957-x", "09780804429573", GtinKind.ISBN_10),
    ],
)
def test_notations(written, canonical, kind):
    assert parse_gtin(written) == Gtin(canonical, kind, str(written))


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (None, GtinProblem.EMPTY),
        ("", GtinProblem.EMPTY),
        (" \u200b\t", GtinProblem.EMPTY),
        (True, GtinProblem.EMPTY),
        ("n/a", GtinProblem.NOT_DIGITS),
        ("40063813339O1", GtinProblem.NOT_DIGITS),
        ("4006381333931.5", GtinProblem.NOT_DIGITS),
        ("400638133393²", GtinProblem.NOT_DIGITS),
        (float("nan"), GtinProblem.NOT_DIGITS),
        ("1234565", GtinProblem.WRONG_LENGTH),
        ("123456789012345", GtinProblem.WRONG_LENGTH),
        ("36000291453", GtinProblem.WRONG_LENGTH),
        ("4006381333932", GtinProblem.WRONG_CHECK_DIGIT),
        ("080442957X0", GtinProblem.NOT_DIGITS),
        ("080442958X", GtinProblem.WRONG_CHECK_DIGIT),
        ("4.006381E+12", GtinProblem.DAMAGED),
        ("4,00638E+12", GtinProblem.DAMAGED),
        ("4E+12", GtinProblem.DAMAGED),
        ("0000000000000", GtinProblem.PLACEHOLDER),
        ("0", GtinProblem.PLACEHOLDER),
    ],
)
def test_problems(written, problem):
    assert parse_gtin(written) is problem
    assert canonical_gtin(written) is None


@given(gtins())
def test_canonical_is_idempotent_and_valid(written):
    canonical = canonical_gtin(written)
    assert canonical == written.zfill(14)
    assert canonical_gtin(canonical) == canonical


@given(st.one_of(gtins(), books()))
def test_all_variants_mean_the_same(written):
    canonical = canonical_gtin(written)
    variants = gtin_variants(canonical)
    assert written in variants
    assert len(set(variants)) == len(variants)
    assert {canonical_gtin(variant) for variant in variants} == {canonical}


@given(gtins(), st.data())
def test_a_wrong_digit_is_found(written, data):
    place = data.draw(st.integers(0, len(written) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != written[place]]))
    mutated = written[:place] + other + written[place + 1 :]
    assert canonical_gtin(mutated) is None


@given(books(), st.data())
def test_a_wrong_digit_of_a_book_is_found_or_is_no_book(written, data):
    place = data.draw(st.integers(0, 8))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != written[place]]))
    found = parse_gtin(written[:place] + other + written[place + 1 :])
    assert not isinstance(found, Gtin) or found.kind is not GtinKind.ISBN_10


@given(gtins((12, 13, 14)))
def test_lost_zeros_are_put_back(written):
    short = written.lstrip("0")
    found = canonical_gtin(short)
    if len(short) > 10:
        assert found == written.zfill(14)


@given(gtins((13, 14)), st.text("\u200b\u00ad \u00a0-\u2011", max_size=3), st.data())
def test_signs_in_between_do_not_matter(written, signs, data):
    place = data.draw(st.integers(0, len(written)))
    assert canonical_gtin(written[:place] + signs + written[place:]) == written.zfill(14)


@given(gtins((13,), first=1))
def test_spreadsheet_numbers(written):
    canonical = written.zfill(14)
    assert canonical_gtin(float(written)) == canonical
    assert canonical_gtin(int(written)) == canonical
    assert canonical_gtin(f"{float(written):.12E}") == canonical
    rounded = f"{float(written):.5E}"
    assert float(rounded) == float(written) or canonical_gtin(rounded) is None


@given(st.text(max_size=30))
def test_any_text_is_either_a_gtin_or_a_problem(text):
    found = parse_gtin(text)
    if isinstance(found, Gtin):
        assert len(found.canonical) == 14
        assert ean.is_valid(found.canonical)
        assert found.original == text
    else:
        assert isinstance(found, GtinProblem)


def test_variants_as_documented():
    assert gtin_variants(BOOK) == (BOOK, "9780306406157", "0306406152")
    assert gtin_variants("00000096385074") == (
        "00000096385074",
        "0000096385074",
        "000096385074",
        "96385074",
    )
    for wrong in ("96385074", "00000096385075", ""):
        with pytest.raises(ValueError, match="canonical"):
            gtin_variants(wrong)
