from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.orion_base.lib.money import Money
from odoo.addons.orion_marketplace_import.lib.feed_writer import safe_text
from odoo.addons.orion_marketplace_import.lib.reading import ReadOptions
from odoo.addons.orion_marketplace_import.lib.reading import cells as read

from .feed_files import PEN, read_all


def problem(value):
    assert isinstance(value, read.Refused)
    return value.problem.value


@pytest.mark.parametrize(
    ("cell", "amount", "currency"),
    [
        ("19.99", "19.99", None),
        ("19.99 EUR", "19.99", "EUR"),
        ("19.99€", "19.99", "EUR"),
        ("1.299,00 €", "1299.00", "EUR"),
        ("1,299.00", "1299.00", None),
        ("CHF 12", "12.00", "CHF"),
        ("12.5", "12.50", None),
        ("12.500,00", "12500.00", None),
        ("0", "0.00", None),
        ("0.125", "0.125", None),
        (" 5 ", "5.00", None),
    ],
)
def test_prices(cell, amount, currency):
    found = read.to_money(cell)
    assert found == Money(Decimal(amount), currency)
    assert str(found.amount) == amount


def test_what_is_no_price():
    assert read.to_money(" ") is None
    assert problem(read.to_money("free")) == "price_not_amount"
    assert problem(read.to_money("-5")) == "price_negative"
    assert problem(read.to_money("9" * 40)) == "price_too_large"


@given(st.decimals(0, 10**9, places=2))
def test_quick_and_slow_way_agree(amount):
    assert read.to_money(f"{amount:.2f}") == read.to_money(f" {amount:.2f}")


@pytest.mark.parametrize(
    ("convert", "cell", "value"),
    [
        (read.to_gtin, "4006381333931", read.GivenGtin(PEN, "4006381333931")),
        (read.to_gtin, "4006381333931.0", read.GivenGtin(PEN, "4006381333931.0")),
        (read.to_gtin, "N/A", read.GivenGtin("", "N/A")),
        (read.to_gtin, "0000", read.GivenGtin("", "0000")),
        (read.to_tax_rate, "17", Decimal(17)),
        (read.to_tax_rate, "8,00 %", Decimal(8)),
        (read.to_tax_rate, "5.5%", Decimal("5.5")),
        (read.to_quantity, "12", 12),
        (read.to_quantity, "12.0", 12),
        (read.to_quantity, "-3", 0),
        (read.to_quantity, "", None),
        (read.to_days, "soon", read.Kept("soon")),
        (read.to_weight, "500 g", Decimal("0.5")),
        (read.to_weight, "1,5kg", Decimal("1.5")),
        (read.to_weight, "heavy", read.Kept("heavy")),
        (read.to_availability, "In Stock", "in_stock"),
        (read.to_availability, "in_stock", "in_stock"),
        (read.to_availability, "Épuisé", "out_of_stock"),
        (read.to_availability, "vielleicht", read.Kept("vielleicht")),
        (read.to_condition, "d'occasion", "used"),
        (read.to_flag, "FALSE", False),
        (read.to_flag, "oui", True),
        (read.to_flag, "", None),
        (read.to_digital, "digital", True),
        (read.to_address, "javascript:alert(1)", read.Kept("javascript:alert(1)")),
        (read.to_addresses, "http://a/1,2.jpg, http://b", ("http://a/1,2.jpg", "http://b")),
        (read.to_addresses, "a.jpg", read.Kept("a.jpg")),
        (read.to_list, "EU, US|Global", ("EU", "US", "Global")),
        (read.to_currency, "eur", "EUR"),
        (read.clean_text, "\ufeff a\x0bb\r\nc ", "ab\nc"),
        (read.clean_text, "=1+1", "=1+1"),
        (read.clean_text, "'=1+1", "=1+1"),
        (read.clean_text, "'quoted'", "'quoted'"),
    ],
)
def test_cells(convert, cell, value):
    assert convert(cell) == value


@pytest.mark.parametrize("cell", ["abc", "101", "-1", "17 EUR"])
def test_what_is_no_tax_rate(cell):
    assert problem(read.to_tax_rate(cell)) == "tax_rate_invalid"


@pytest.mark.parametrize("cell", ["many", "1.5", "5 EUR", "99999999999"])
def test_what_is_no_quantity(cell):
    assert problem(read.to_quantity(cell)) == "quantity_invalid"


@given(st.text(max_size=80))
def test_converters_never_raise(cell):
    for name in dir(read):
        if name.startswith("to_"):
            getattr(read, name)(cell)


@given(st.text())
def test_guarded_formulas_are_read_back(text):
    written = safe_text(text)
    assert read.clean_text(written) == read.clean_text(read.unquoted_text(written))


def feed(tmp_path, text, **options):
    path = tmp_path / "feed"
    path.write_text(text, encoding="utf-8")
    return read_all(path, options=ReadOptions(**options))


def test_currencies(tmp_path):
    lines = ["id;title;price;sale_price;currency", "1;a;5;4;", "2;a;5 CHF;4;", "3;a;5;;USD"]
    text = "\n".join([*lines, "4;a;5 EUR;4 USD;", "5;a;1;;qq"])
    rows, errors = feed(tmp_path, text, currency="EUR")
    assert [row.product.currency for row in rows] == ["EUR", "CHF", "USD"]
    assert [error.problem.value for error in errors] == ["currencies_differ", "currency_unknown"]
    assert [error.error_type.value for error in errors] == ["validation_error"] * 2


def test_an_invalid_gtin_may_be_left_out(tmp_path):
    rows, errors = feed(tmp_path, "id;title;ean\n1;a;123\n", accept_invalid_gtin=True)
    assert not errors
    assert (rows[0].product.gtin, rows[0].product.gtin_given) == ("", "123")


def test_what_is_not_understood_is_kept(tmp_path):
    text = "id;title;availability;g:weight;color;size;item_group_id\n1;a;maybe;heavy;red;;g1\n"
    rows, _ = feed(tmp_path, text, language="fr")
    product = rows[0].product
    assert dict(product.attributes) == {"availability": "maybe", "weight": "heavy"}
    assert product.variant_attributes == {"color": "red"}
    assert product.language == "fr"


def test_an_error_tells_column_value_and_row(tmp_path):
    _, (error,) = feed(tmp_path, "SKU;Titel;Preis\nA1;Stift;gratis\n")
    assert (error.row_number, error.identifier, error.error_type.value) == (2, "A1", "parse_error")
    assert "Preis" in error.message
    assert "gratis" in error.message
    assert dict(error.row_data) == {"SKU": "A1", "Titel": "Stift", "Preis": "gratis"}
