from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.orion_base.lib.money import (
    Money,
    MoneyProblem,
    from_cents,
    parse_money,
    round_money,
    to_cents,
)

CENTS = st.integers(-(10**12), 10**12)


@pytest.mark.parametrize(
    ("written", "amount", "currency"),
    [
        ("99.99", "99.99", None),
        ("99.99 EUR", "99.99", "EUR"),
        ("99,99 €", "99.99", "EUR"),
        ("99,99€", "99.99", "EUR"),
        ("€99.99", "99.99", "EUR"),
        ("EUR 99.99", "99.99", "EUR"),
        ("eur99.99", "99.99", "EUR"),
        ("$ 5", "5", "USD"),
        ("£5.50", "5.50", "GBP"),
        ("1.299,00", "1299", None),
        ("1,299.00", "1299", None),
        ("1 299,00", "1299", None),
        ("1\u00a0299,00\u00a0€", "1299", "EUR"),
        ("1\u202f299,00 €", "1299", "EUR"),
        ("1\u2009299,00", "1299", None),
        ("1'299.00 CHF", "1299", "CHF"),
        ("CHF 1’299.–", "1299", "CHF"),
        ("Fr. 12.50", "12.50", "CHF"),
        ("12.345.678,90", "12345678.90", None),
        ("12,345,678.90", "12345678.90", None),
        ("1 234 567", "1234567", None),
        ("99", "99", None),
        ("99,-", "99", None),
        ("99,9", "99.9", None),
        ("0,5", "0.5", None),
        (".5", "0.5", None),
        ("99.9999", "99.9999", None),
        ("９９，９９", "99.99", None),
        ("-5,00 €", "-5", "EUR"),
        ("\u22125.00", "-5", None),
        ("€ -5", "-5", "EUR"),
        ("-€5", "-5", "EUR"),
        ("5,00-", "-5", None),
        ("5,00- EUR", "-5", "EUR"),
        ("(5.00)", "-5", None),
        ("+5", "5", None),
        ("-0.00", "0", None),
        (99, "99", None),
        (0, "0", None),
        (-3, "-3", None),
        (99.99, "99.99", None),
        (1.299, "1.299", None),
        (0.1, "0.1", None),
        (1e22, "10000000000000000000000", None),
        (Decimal("1.10"), "1.10", None),
    ],
)
def test_notations(written, amount, currency):
    assert parse_money(written) == Money(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1.299", "1299"),
        ("1,299", "1299"),
        ("12.345", "12345"),
        ("999,000", "999000"),
        ("1.299.000", "1299000"),
        ("0.125", "0.125"),
        ("0,125", "0.125"),
        ("01.299", "1.299"),
        (".125", "0.125"),
        ("1234.567", "1234.567"),
        ("1 299.125", "1299.125"),
        ("1'299.125", "1299.125"),
        ("1,299.125", "1299.125"),
    ],
)
def test_three_digits_behind_one_sign(written, amount):
    assert parse_money(written).amount == Decimal(amount)


@pytest.mark.parametrize(
    ("written", "sign", "amount"),
    [
        ("1.299", ".", "1.299"),
        ("1.299", ",", "1299"),
        ("1,299", ",", "1.299"),
        ("1,299", ".", "1299"),
    ],
)
def test_known_decimal_sign(written, sign, amount):
    assert parse_money(written, decimal_sign=sign).amount == Decimal(amount)


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "-",
        "EUR",
        "abc",
        "nan",
        "inf",
        "-Infinity",
        "1e3",
        "0x10",
        "1_000",
        "99.",
        "1 2",
        "12 34",
        "1.29.00",
        "1,2,3",
        "1.234.56",
        "1,299,00",
        "1.299,00.1",
        "1 299'000",
        "--5",
        "+-5",
        "-5-",
        "(-5)",
        "5 XYZ",
        "EUR 5 EUR",
        "EUR 5 USD",
        "5 5",
        "<b>5</b>",
        "5;6",
        "99,99²",
        "1½",
        "9" * 61,
        None,
        True,
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        Decimal("-Infinity"),
    ],
)
def test_garbage_is_refused(written):
    with pytest.raises(MoneyProblem):
        parse_money(written)


def groups(digits, sign):
    head = len(digits) % 3 or 3
    return sign.join([digits[:head], *(digits[i : i + 3] for i in range(head, len(digits), 3))])


@given(
    CENTS,
    st.sampled_from(
        [
            (",", "."),
            ("", "."),
            ("", ","),
            (".", ","),
            (" ", ","),
            (" ", "."),
            ("'", "."),
            ("\u00a0", ","),
            ("\u202f", ","),
            ("’", "."),
        ]
    ),
    st.sampled_from(["{}", "{} EUR", "EUR {}", "{}\u00a0€", "€{}", "{}€"]),
)
def test_round_trip_in_all_notations(cents, signs, frame):
    thousands, decimal = signs
    whole, rest = divmod(abs(cents), 100)
    text = groups(str(whole), thousands) + decimal + f"{rest:02}"
    money = parse_money(("-" if cents < 0 else "") + frame.format(text))
    assert to_cents(money.amount) == cents
    assert money.currency == (None if frame == "{}" else "EUR")


@given(CENTS)
def test_round_trip_of_numbers(cents):
    amount = from_cents(cents)
    assert parse_money(amount).amount == amount
    assert to_cents(parse_money(float(amount)).amount) == cents
    assert parse_money(cents).amount == cents
    assert to_cents(from_cents(cents, 3), 3) == cents


@given(st.integers(-(10**9), 10**9))
def test_whole_numbers_are_whole_units(number):
    assert to_cents(parse_money(str(number)).amount) == number * 100


@given(st.text(max_size=20))
def test_any_text_is_an_amount_or_a_problem(text):
    try:
        money = parse_money(text)
    except MoneyProblem:
        return
    assert money.amount.is_finite()
    assert any(sign.isdecimal() for sign in text)


@pytest.mark.parametrize(
    ("amount", "digits", "rounded"),
    [
        ("0.005", 2, "0.01"),
        ("0.015", 2, "0.02"),
        ("0.025", 2, "0.03"),
        ("-0.005", 2, "-0.01"),
        ("2.675", 2, "2.68"),
        ("0.5", 0, "1"),
        ("1.0005", 3, "1.001"),
        ("-0.001", 2, "0.00"),
        ("99", 2, "99.00"),
        ("12345678901234567890123456789.995", 2, "12345678901234567890123456790.00"),
    ],
)
def test_halves_go_away_from_zero(amount, digits, rounded):
    assert str(round_money(Decimal(amount), digits)) == rounded


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15))
def test_rounding_is_near_and_stable(amount):
    rounded = round_money(amount)
    assert abs(rounded - amount) <= Decimal("0.005")
    assert round_money(rounded) == rounded


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e70"])
def test_what_cannot_be_rounded(amount):
    with pytest.raises(MoneyProblem):
        round_money(Decimal(amount))
