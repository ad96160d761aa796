import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.orion_marketplace_import.lib.feed_writer import (
    FORMULA_SIGNS,
    feed_chunks,
    safe_text,
    unquoted_text,
)
from odoo.addons.orion_marketplace_import.lib.product_data import ProductData
from odoo.addons.orion_marketplace_import.lib.reading import NO_CHANNEL_COLUMNS


class TwoColumns:
    columns = ("id", "title")
    languages = ("fr",)
    delimiter = "\t"
    media_type = "text/plain"
    currency = ""
    tax_rates = frozenset()
    channel_columns = NO_CHANNEL_COLUMNS

    def filename(self, code):
        return f"{code}.tsv"

    def row(self, product):
        return (product.external_id, product.title)


def written(*products, **options):
    return b"".join(feed_chunks(TwoColumns(), products, **options))


@given(st.text())
def test_no_cell_is_a_formula_or_has_a_break(text):
    safe = safe_text(text)
    assert not safe.startswith(FORMULA_SIGNS)
    assert not set(safe) & set("\t\r\n\x00\x0b\x0c\x1c\x85\u2028\u2029")


@given(st.text())
def test_reading_back_gives_the_flat_text(text):
    assert unquoted_text(safe_text(text)) == " ".join(safe_text(text).split()).removeprefix(
        "'" if safe_text(text) != unquoted_text(safe_text(text)) else ""
    )


@pytest.mark.parametrize(
    "text", ["=1+1", "'=1", "''-2", "-20 %", "@home", "'n Abend", "plain", "'"]
)
def test_what_is_read_back_is_what_was_written(text):
    assert unquoted_text(safe_text(text)) == text


@given(st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=20))
def test_one_line_per_product(pairs):
    lines = written(*(ProductData(*pair) for pair in pairs), rows=3).decode().splitlines()
    assert len(lines) == len(pairs) + 1
    read = list(csv.reader(io.StringIO("\n".join(lines)), delimiter="\t"))
    assert read[1:] == [[safe_text(cell) for cell in pair] for pair in pairs]


def test_pieces_hold_at_most_so_many_products():
    products = [ProductData(str(number), "x") for number in range(7)]
    chunks = list(feed_chunks(TwoColumns(), iter(products), rows=3))
    assert [chunk.count(b"\n") for chunk in chunks] == [4, 3, 1]


def test_no_product_is_a_header():
    assert written() == b"id\ttitle\n"


def test_marketplaces_are_told_what_customers_read():
    product = ProductData("-100", "- Rouge,\n75 cl")
    assert written(product, for_people=False).splitlines()[1] == b"-100\t- Rouge, 75 cl"
    assert written(product).splitlines()[1] == b"'-100\t'- Rouge, 75 cl"
