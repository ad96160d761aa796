import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.orion_letzshop.lib.feed_format import LetzshopFeedFormat, trade_number
from odoo.addons.orion_marketplace_import.lib.product_data import ProductData

FORMAT = LetzshopFeedFormat()
PEN = ProductData(
    external_id="PEN-1",
    title="Stylo",
    description="Écrit bleu",
    link="https://shop.example/p/PEN-1",
    image_link="https://shop.example/1.jpg",
    additional_image_links=("https://shop.example/2.jpg", "https://shop.example/3.jpg"),
    price=Decimal("1299"),
    sale_price=Decimal("999.5"),
    currency="EUR",
    availability="in_stock",
    brand="Orion",
    gtin="04006381333931",
    product_type="Bureau > Stylos",
    item_group_id="t7",
    color="bleu",
    tax_rate=Decimal(17),
    quantity=4,
    preorder_days=2,
    adult=True,
    attributes={"atalanda:boost_sort": "5.5", "atalanda:delivery_method": "self_collect"},
)


def cells(product):
    return dict(zip(FORMAT.columns, FORMAT.row(product), strict=True))


def test_columns_are_those_letzshop_knows():
    assert FORMAT.columns[:6] == (
        "id", "title", "description", "link", "image_link", "additional_image_link",
    )  # fmt: skip
    assert len(FORMAT.columns) == len(set(FORMAT.columns)) == 26


def test_values():
    row = cells(PEN)
    assert row["id"] == "PEN-1"
    assert row["additional_image_link"] == "https://shop.example/2.jpg,https://shop.example/3.jpg"
    assert (row["price"], row["sale_price"]) == ("1299.00", "999.50")
    assert row["availability"] == "in stock"
    assert row["gtin"] == "4006381333931"
    assert (row["atalanda:tax_rate"], row["atalanda:quantity"]) == ("17", "4")
    assert (row["atalanda:preorder_days"], row["atalanda:boost_sort"]) == ("2", "5.5")
    assert row["atalanda:delivery_method"] == "self_collect"
    assert (row["adult"], row["identifier_exists"]) == ("true", "")


def test_empty_values_are_empty_cells():
    row = cells(ProductData("A", "B", identifier_exists=False))
    assert {name for name, cell in row.items() if cell} == {"id", "title", "identifier_exists"}
    assert row["identifier_exists"] == "false"


@pytest.mark.parametrize(
    ("canonical", "told"),
    [
        ("04006381333931", "4006381333931"),
        ("00000096385074", "96385074"),
        ("00614141007349", "0614141007349"),
        ("10614141007346", "10614141007346"),
        ("", ""),
    ],
)
def test_gtin_in_the_notation_of_trade(canonical, told):
    assert trade_number(canonical) == told


@given(st.decimals(0, 10**7, places=4))
def test_money_has_a_point_and_two_digits(amount):
    assert re.fullmatch(r"\d+\.\d\d", cells(replace(PEN, price=amount))["price"])


@pytest.mark.parametrize(("rate", "told"), [("17.0", "17"), ("8", "8"), ("5.5", ""), ("19", "")])
def test_only_rates_of_luxembourg_are_told(rate, told):
    assert cells(replace(PEN, tax_rate=Decimal(rate)))["atalanda:tax_rate"] == told


def test_name_of_the_file():
    assert FORMAT.filename("my-shop") == "my-shop_letzshop_export.csv"
