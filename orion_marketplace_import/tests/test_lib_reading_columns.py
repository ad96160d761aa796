import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.orion_marketplace_import.lib.reading import (
    FIELD_NAMES,
    ChannelColumns,
    ColumnMapping,
    ReadOptions,
    UnknownField,
    detect,
    preview,
)
from odoo.addons.orion_marketplace_import.lib.reading.columns import plain_name

from .feed_files import products


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("id", "external_id"),
        ("g:id", "external_id"),
        (" G: Id ", "external_id"),
        ("Image Link", "image_link"),
        ("image-link", "image_link"),
        ("imageLink", "image_link"),
        ("g:additional_image_link", "additional_image_links"),
        ("Désignation", "title"),
        ("Größe", "size"),
        ("Währung", "currency"),
        ("Prix TTC", "price"),
        ("EAN-13", "gtin"),
        ("\ufeffid", "external_id"),
        ("ï»¿id", "external_id"),
        ("'title'", "title"),
        ("shop:tax", "tax_rate"),
        ("Shop:Tax", "tax_rate"),
        ("shop:other", ""),
        ("foo", ""),
        ("", ""),
    ],
)
def test_names(column, field):
    channel = ChannelColumns(fields={"shop:tax": "tax_rate"})
    assert ColumnMapping.recognise([column], channel=channel).fields == {column: field}


def test_the_better_name_wins():
    mapping = ColumnMapping.recognise(["sku", "ean", "name", "g:id", "title", "gtin", "images",
                                       "additional_image_link"])  # fmt: skip
    assert mapping.fields == {
        "sku": "",
        "ean": "",
        "name": "",
        "g:id": "external_id",
        "title": "title",
        "gtin": "gtin",
        "images": "additional_image_links",
        "additional_image_link": "additional_image_links",
    }


def test_a_mapping_is_changed_and_remembered():
    mapping = ColumnMapping.recognise(["sku", "name", "code"])
    assert mapping.missing == ()
    changed = mapping.with_field("code", "external_id").with_field("name", "")
    assert changed.fields == {"sku": "", "name": "", "code": "external_id"}
    assert changed.missing == ("title",)
    assert mapping.fields["sku"] == "external_id"
    kept = json.loads(json.dumps(changed.with_field("name", "title").to_json()))
    again = ColumnMapping.recognise(
        ["id", "name", "code", "brand"], remembered=ColumnMapping.from_json(kept)
    )
    assert again.fields == {"id": "", "name": "title", "code": "external_id", "brand": "brand"}
    with pytest.raises(UnknownField):
        mapping.with_field("code", "colour of the sky")
    assert ColumnMapping.from_json({"a": "gone", "b": "title", "c": "title", "d": ""}).fields == {
        "b": "title",
        "d": "",
    }


@given(st.text())
def test_any_name_has_a_plain_one(column):
    assert plain_name(plain_name(column)) == plain_name(column)


def test_all_names_are_plain_and_belong_to_one_field():
    names = [name for names in FIELD_NAMES.values() for name in names]
    assert [plain_name(name) for name in names] == names
    assert len(set(names)) == len(names)


def write(tmp_path, text):
    path = tmp_path / "feed"
    path.write_text(text, encoding="utf-8")
    return path


def test_equal_and_empty_names(tmp_path):
    (product,) = products(write(tmp_path, "id,title,title,,foo,foo\n1,Pen,Stylo,x,a,b\n"))
    assert product.title == "Pen"
    assert dict(product.attributes) == {
        "title_2": "Stylo",
        "column_4": "x",
        "foo": "a",
        "foo_2": "b",
    }


def test_the_file_names_its_delimiter(tmp_path):
    found = detect(write(tmp_path, "sep=|\n\nid|title, or so\n1|Pen\n"))
    assert (found.delimiter, found.columns, found.header_row) == ("|", ("id", "title, or so"), 3)


def test_another_delimiter_by_mistake_and_apostrophes_as_quotes(tmp_path):
    text = "id,title,price,brand;gtin,color\n1,'Pen, blue',1.50,Bic,,blue\n2,'Ink',2,'B',,red\n"
    first, second = products(write(tmp_path, text))
    assert (first.title, first.brand, first.color) == ("Pen, blue", "Bic", "blue")
    assert (second.title, second.brand) == ("Ink", "B")


def test_apostrophes_around_all_names_or_all_cells_are_quotes(tmp_path):
    (product,) = products(write(tmp_path, "'id';'title'\n1;Pen\n"))
    assert (product.external_id, product.title) == ("1", "Pen")
    (product,) = products(write(tmp_path, "id;title;color\n'1';'d''or';\n"))
    assert (product.external_id, product.title) == ("1", "d'or")


def test_apostrophes_at_the_ends_of_some_cells_are_no_quotes(tmp_path):
    text = "id\ttitle\tprice\tcolor\n'=0\tPen\t1\tred'\n1\tInk\t2\t\n'=2\tInk\t2\tblue'\n"
    first, _second, third = products(write(tmp_path, text))
    assert (first.external_id, first.color) == ("=0", "red'")
    assert (third.external_id, third.color) == ("=2", "blue'")


def test_apostrophes_in_texts_are_no_quotes(tmp_path):
    (product,) = products(write(tmp_path, "id,title,color\n1,L'été d'or,l'or\n"))
    assert (product.title, product.color) == ("L'été d'or", "l'or")


def test_own_attributes_keep_their_name(tmp_path):
    options = ReadOptions(channel=ChannelColumns(attributes=("shop:boost",)))
    path = write(tmp_path, "id;title;Shop:Boost;g:custom_label_0\n1;Pen;7;x\n")
    (product,) = products(path, options=options)
    assert dict(product.attributes) == {"shop:boost": "7", "custom_label_0": "x"}


def test_preview_of_what_is_not_recognised(tmp_path):
    path = write(tmp_path, "a;b;price\n1;Pen;2\n")
    seen = preview(path)
    assert seen.mapping.missing == ("external_id", "title")
    mapping = seen.mapping.with_field("a", "external_id").with_field("b", "title")
    assert preview(path, mapping).rows[0].product.title == "Pen"


def test_line_breaks_in_the_header(tmp_path):
    path = write(tmp_path, 'id,"Title\n(French)",price,"image\nlink"\n1,Pen,2,\n')
    seen = preview(path)
    assert seen.detection.columns == ("id", "Title (French)", "price", "image link")
    mapping = seen.mapping.with_field("Title (French)", "title")
    (row,) = preview(path, mapping).rows
    assert (row.number, row.product.title) == (2, "Pen")
