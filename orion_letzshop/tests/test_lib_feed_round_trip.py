"""A feed that we write is read back by our reader without a difference."""

import tempfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.orion_letzshop.lib.feed_format import TAX_RATES, LetzshopFeedFormat
from odoo.addons.orion_marketplace_import.lib.feed_writer import feed_chunks
from odoo.addons.orion_marketplace_import.lib.product_data import ProductData
from odoo.addons.orion_marketplace_import.lib.reading import ReadOptions, iter_chunks

FORMAT = LetzshopFeedFormat()
WORDS = st.lists(
    st.text(st.characters(categories=("L", "N", "P", "Sm", "Sc")), min_size=1, max_size=8),
    max_size=4,
).map(" ".join)
GTINS = st.sampled_from(["", "04006381333931", "00000096385074", "10614141007346"])
LINKS = st.sampled_from(["", "https://shop.example/p/1?a=1,2", "http://x.example/é"])
AMOUNTS = st.decimals(Decimal("1.00"), 10**6, places=2)
MAYBE_INT = st.none() | st.integers(0, 10**6)

PRODUCTS = st.builds(
    ProductData,
    external_id=st.from_regex(r"[=+@-]?[A-Za-z0-9]{1,12}", fullmatch=True),
    title=WORDS.filter(bool),
    description=WORDS,
    link=LINKS,
    image_link=LINKS,
    additional_image_links=st.lists(LINKS.filter(bool), max_size=3).map(tuple),
    price=AMOUNTS,
    sale_price=st.none() | st.just(Decimal("0.50")),
    availability=st.sampled_from(["", "in_stock", "out_of_stock", "preorder", "backorder"]),
    brand=WORDS,
    gtin=GTINS,
    mpn=WORDS,
    identifier_exists=st.sampled_from([None, False]),
    product_type=WORDS,
    item_group_id=WORDS,
    color=WORDS,
    size=WORDS,
    adult=st.none() | st.booleans(),
    tax_rate=st.none() | st.sampled_from(sorted(TAX_RATES)),
    quantity=MAYBE_INT,
    preorder_days=MAYBE_INT,
    attributes=st.dictionaries(
        st.sampled_from(["atalanda:boost_sort", "atalanda:delivery_method"]),
        st.sampled_from(["1.5", "nationwide"]),
    ),
)


@settings(deadline=None, max_examples=100)
@given(st.lists(PRODUCTS, max_size=8, unique_by=lambda product: product.external_id))
def test_nothing_is_lost_or_changed(products):
    options = ReadOptions(language="fr", channel=FORMAT.channel_columns)
    read = []
    with tempfile.NamedTemporaryFile() as file:
        file.writelines(feed_chunks(FORMAT, products))
        file.flush()
        for chunk in iter_chunks(Path(file.name), options=options):
            assert not chunk.errors, [error.message for error in chunk.errors]
            read += [replace(row.product, language="", gtin_given="") for row in chunk.rows]
    assert read == products
