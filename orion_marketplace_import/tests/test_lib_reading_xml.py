from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.orion_marketplace_import.lib.reading import (
    ChannelColumns,
    FileProblem,
    ReadOptions,
    UnreadableFeed,
    detect,
    iter_chunks,
)

from .feed_files import PEN, products, read_all

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0" xmlns:own="http://own.example/ns">
<channel><title>Shop</title><link>https://shop.example</link><description>All</description>
"""
TAIL = "</channel></rss>"
OWN = ReadOptions(
    channel=ChannelColumns(
        fields={"shop:tax": "tax_rate"}, namespaces={"http://own.example/ns": "shop"}
    )
)


@pytest.fixture
def feed(tmp_path):
    def write(*items, head=HEAD, tail=TAIL, encoding="utf-8"):
        path = tmp_path / "feed"
        path.write_bytes((head + "\n".join(items) + tail).encode(encoding))
        return path

    return write


def item(number, more=""):
    return f"<item><g:id>{number}</g:id><title>Pen &amp; {number}</title>{more}</item>"


def test_rss(feed):
    more = """<g:price>19.99 EUR</g:price><g:gtin>4006381333931</g:gtin>
        <description><![CDATA[A <b>fine</b> </item> & pen]]></description>
        <link>https://shop.example/1</link><g:image_link>https://shop.example/1.jpg</g:image_link>
        <g:additional_image_link>https://shop.example/2.jpg</g:additional_image_link>
        <g:additional_image_link>https://shop.example/3.jpg</g:additional_image_link>
        <g:shipping><g:country>LU</g:country><g:price>5 EUR</g:price></g:shipping>
        <own:tax>17</own:tax>
        <own:options><own:option><own:key>engraving</own:key><own:value>yes</own:value></own:option>
        <own:option><own:key>wrap</own:key><own:value>no</own:value></own:option></own:options>"""
    path = feed(item(1, more), item(2, "<g:color>red</g:color><own:boost>7</own:boost>"))
    assert detect(path, OWN).file_format == "xml"
    first, second = products(path, options=OWN)
    assert (first.external_id, first.title, first.price) == ("1", "Pen & 1", Decimal("19.99"))
    assert first.description == "A <b>fine</b> </item> & pen"
    assert first.gtin == PEN
    assert first.additional_image_links == (
        "https://shop.example/2.jpg",
        "https://shop.example/3.jpg",
    )
    assert first.tax_rate == 17
    assert dict(first.attributes) == {
        "shipping/g:country": "LU",
        "shipping/g:price": "5 EUR",
        "shop:engraving": "yes",
        "shop:wrap": "no",
    }
    assert (second.color, dict(second.attributes)) == ("red", {"shop:boost": "7"})


def test_atom(feed):
    head = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0">'
    entry = """<entry><g:id>A</g:id><title>Pen</title><summary>Fine</summary>
        <link rel="alternate" href="https://shop.example/a"/><link href="https://shop.example/b"/>
        <content>Fine and long</content></entry>"""
    (product,) = products(feed(entry, head=head, tail="</feed>"))
    assert (product.external_id, product.title, product.description, product.link) == (
        "A",
        "Pen",
        "Fine",
        "https://shop.example/a",
    )


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        ("<item><g:id>bad</g:id><title>A & B</title></item>", "broken_xml"),
        ("<item><g:id>bad</g:id><title>A</item>", "broken_xml"),
        ("<item><g:id>bad</g:id><title>no end</title>", "broken_xml"),
        ("<item><g:id>bad</g:id><title>&unknown;</title></item>", "broken_xml"),
        ("<item><g:id>bad</g:id><!DOCTYPE x></item>", "broken_xml"),
        ("<item><g:id>bad</g:id><other:x>1</other:x></item>", "broken_xml"),
        ("<item><g:id>bad</g:id><title>A\x00</title></item>", "forbidden_characters"),
        ("<item><g:id>bad</g:id></item>", "missing_title"),
        ("<item><g:id>bad</g:id><title><![CDATA[A</title></item>", "broken_xml"),
        ("<!-- <item>no</item> --><item/>", "missing_id"),
        ("<item><g:id>bad</g:id><title>A</title><g:price>free</g:price></item>",
         "price_not_amount"),
    ],
)  # fmt: skip
def test_a_broken_product_does_not_break_the_others(feed, bad, problem):
    rows, errors = read_all(feed(item(1), bad, item(2)))
    assert [row.product.external_id for row in rows] == ["1", "2"]
    assert [(error.row_number, error.problem.value) for error in errors] == [(2, problem)]
    assert errors[0].identifier == ("bad" if "bad" in bad else "")


def test_wrong_encoding_declared(feed):
    path = feed(item(1, "<description>Küche</description>"), encoding="cp1252")
    assert products(path)[0].description == "Küche"
    declared = HEAD.replace("UTF-8", "iso-8859-1")
    path = feed(item(1, "<description>Küche</description>"), head=declared, encoding="utf-8")
    assert products(path)[0].description == "Küche"
    declared = HEAD.replace("UTF-8", "windows-1250")
    path = feed(item(1, "<description>Łódź</description>"), head=declared, encoding="cp1250")
    assert products(path)[0].description == "Łódź"
    declared = HEAD.replace("UTF-8", "utf-16")
    path = feed(item(1, "<description>Küche</description>"), head=declared, encoding="utf-16")
    assert products(path)[0].description == "Küche"


def test_cut_in_the_middle(feed):
    path = feed(item(1), item(2), item(3)[:-20], tail="")
    seen = []
    with pytest.raises(UnreadableFeed) as caught:
        for chunk in iter_chunks(path, size=2):
            seen.extend(row.product.external_id for row in chunk.rows)
    assert caught.value.problem is FileProblem.TRUNCATED
    assert seen == ["1", "2"]


@pytest.mark.parametrize("declaration", ["<!DOCTYPE rss SYSTEM 'http://x/y.dtd'>", "<!entity a>"])
def test_document_types_are_refused(feed, declaration):
    with pytest.raises(UnreadableFeed) as caught:
        detect(feed(item(1), head=HEAD.replace("<rss", f"{declaration}<rss", 1)))
    assert caught.value.problem is FileProblem.DOCTYPE


def test_columns_that_come_late(feed):
    path = feed(*(item(n) for n in range(70)), item("late", "<g:brand>Bic</g:brand><g:x>1</g:x>"))
    last = products(path)[-1]
    assert (last.brand, dict(last.attributes)) == ("Bic", {"x": "1"})


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1).filter(str.strip)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TEXTS, min_size=1, max_size=8), st.integers(1, 4))
def test_round_trip(feed, texts, size):
    escaped = [text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
               for text in texts]  # fmt: skip
    items = [f"<item><g:id>{n}</g:id><title>t{text}</title></item>"
             for n, text in enumerate(escaped)]  # fmt: skip
    rows, errors = read_all(feed(*items), size=size)
    assert not errors
    found = [row.product.title for row in rows]
    assert found == [f"t{text}".replace("\ufeff", "").strip() for text in texts]
