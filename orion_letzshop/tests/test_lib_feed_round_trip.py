from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stdnum import ean

from odoo.addons.orion_letzshop.lib.feed_columns import LETZSHOP_COLUMNS
from odoo.addons.orion_letzshop.lib.feed_format import LetzshopFeedFormat
from odoo.addons.orion_marketplace_import.lib.feed_writer import feed_chunks
from odoo.addons.orion_marketplace_import.lib.product_data import (
    AVAILABILITIES,
    ProductData,
)
from odoo.addons.orion_marketplace_import.lib.reading import ReadOptions, iter_chunks

OPTIONS = ReadOptions(language="fr", currency="EUR", channel=LETZSHOP_COLUMNS)
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Co", "Cn", "Zl", "Zp"]),
               max_size=30).map(lambda text: " ".join(text.split()))  # fmt: skip
LINK = st.sampled_from(["", "https://shop.example/a", "https://shop.example/b?c=1,2"])
PRICE = st.decimals("0.01", "99999.99", places=2)


def gtin(number):
    return f"{number:013}{ean.calc_check_digit(f'{number:013}')}"


PRODUCTS = st.builds(
    ProductData,
    external_id=TEXT,
    title=TEXT.filter(bool),
    description=TEXT,
    language=st.just("fr"),
    link=LINK,
    image_link=LINK,
    additional_image_links=st.lists(LINK.filter(bool), max_size=3).map(tuple),
    price=PRICE,
    sale_price=st.none() | PRICE,
    currency=st.just("EUR"),
    availability=st.sampled_from(["", *AVAILABILITIES]),
    brand=TEXT,
    gtin=st.just("") | st.integers(10**7, 10**13 - 1).map(gtin),
    mpn=TEXT,
    identifier_exists=st.sampled_from([None, False]),
    product_type=TEXT,
    item_group_id=TEXT,
    color=TEXT,
    adult=st.sampled_from([None, True, False]),
    tax_rate=st.none() | st.sampled_from([0, 3, 8, 14, 17]).map(Decimal),
    quantity=st.none() | st.integers(0, 10**6),
    preorder_days=st.none() | st.integers(0, 400),
    attributes=st.sampled_from([{}, {"atalanda:boost_sort": "5.0"}]),
)


@pytest.fixture(scope="module")
def file_path(tmp_path_factory):
    return tmp_path_factory.mktemp("feeds") / "feed.csv"


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PRODUCTS, min_size=1, max_size=5))
def test_a_feed_of_ours_is_read_without_a_difference(file_path, products):
    products = [replace(each, external_id=f"{n}{each.external_id}")
                for n, each in enumerate(products)]  # fmt: skip
    file_path.write_bytes(b"".join(feed_chunks(LetzshopFeedFormat(), products)))
    (chunk,) = iter_chunks(file_path, options=OPTIONS)
    assert not chunk.errors
    assert [replace(row.product, gtin_given="") for row in chunk.rows] == products
