"""Rows that are known before they are understood."""

import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.orion_marketplace_import.lib.product_data import ProductData
from odoo.addons.orion_marketplace_import.lib.product_table import AttributeTable, ProductTable
from odoo.addons.orion_marketplace_import.lib.reading import (
    ChannelColumns,
    ColumnMapping,
    ReadOptions,
    iter_batches,
)
from odoo.addons.orion_marketplace_import.lib.reading.code_version import code_version
from odoo.addons.orion_marketplace_import.lib.staging import StagedRows

from .feed_files import read_all, table

ROWS = [["id", "title", "price", "Note"], *([str(n), f"Pen {n}", "1.50", "x"] for n in range(6))]


@pytest.fixture(scope="module")
def file_path(tmp_path_factory):
    return tmp_path_factory.mktemp("batches") / "feed"


def keys(path, mapping=None, options=None):
    batches = iter_batches(path, mapping, 4, options=options or ReadOptions())
    return {key.identifier: key.digest for batch in batches for key in batch.row_keys()}


def test_what_is_left_out_is_not_read(file_path):
    file_path.write_bytes(table([*ROWS, ["7", "", "1", ""], ["8", "Ink", "free", ""], ["1"] * 4]))
    rows, errors = [], []
    for batch in iter_batches(file_path, size=4):
        left_out = {key.place for key in batch.row_keys() if key.identifier in {"0", "2", "5", "8"}}
        chunk = batch.read(leave_out=left_out)
        rows.extend((row.number, row.product.external_id) for row in chunk.rows)
        errors.extend((each.row_number, each.problem.value) for each in chunk.errors)
    assert rows == [(3, "1"), (5, "3"), (6, "4")]
    assert errors == [(8, "missing_title"), (10, "duplicate_id")]


def test_rows_without_an_id_and_repeated_ones_have_no_key(file_path):
    file_path.write_bytes(table([*ROWS[:3], ["", "Pen", "1", ""], ROWS[1], ["x"]]))
    assert list(keys(file_path)) == ["0", "1"]


def test_the_order_of_rows_does_not_matter_to_their_digests(file_path):
    file_path.write_bytes(table(ROWS))
    first = keys(file_path)
    assert len(set(first.values())) == 6
    file_path.write_bytes(table([ROWS[0], *reversed(ROWS[1:])], delimiter=";", encoding="utf-16"))
    assert keys(file_path) == first


def test_the_digest_holds_what_the_meaning_depends_on(file_path, monkeypatch):
    file_path.write_bytes(table(ROWS))
    mapping = ColumnMapping.recognise(ROWS[0])
    seen = [
        keys(file_path, mapping)["1"],
        keys(file_path, mapping.with_field("Note", "color"))["1"],
        keys(file_path, mapping, ReadOptions(language="fr"))["1"],
        keys(file_path, mapping, ReadOptions(currency="EUR"))["1"],
        keys(file_path, mapping, ReadOptions(accept_invalid_gtin=True))["1"],
        keys(file_path, mapping, ReadOptions(channel=ChannelColumns(attributes=("note",))))["1"],
    ]
    renamed = [["id", "title", "price", "Remark"], *ROWS[1:]]
    file_path.write_bytes(table(renamed))
    seen.append(keys(file_path)["1"])
    monkeypatch.setattr(
        "odoo.addons.orion_marketplace_import.lib.reading.rows.code_version", lambda: b"other"
    )
    file_path.write_bytes(table(ROWS))
    seen.append(keys(file_path, mapping)["1"])
    assert len(set(seen)) == len(seen)


def test_cells_do_not_run_into_each_other(file_path):
    rows = [["id", "title", "Note"], ["1", "a", "bc"], ["2", "ab", "c"], ["3", "abc", ""]]
    file_path.write_bytes(table([["id", "title", "Note"], *rows[1:]]))
    first = keys(file_path)
    file_path.write_bytes(table([rows[0], *(["1", *row[1:]] for row in rows[1:2])]))
    assert keys(file_path)["1"] == first["1"]
    for row in rows[2:]:
        file_path.write_bytes(table([rows[0], ["1", *row[1:]]]))
        assert keys(file_path)["1"] != first["1"]


def test_our_code_is_part_of_it():
    assert len(code_version()) == 16


CELLS = st.sampled_from(["", "a", 'say "x"', "ü\n", "\\", "{}", " ,"])


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=5), st.booleans(), st.data())
def test_attributes_are_the_same_as_texts_and_as_mappings(rows, twice, data):
    """Whichever way they are made: by column, by row, or from objects."""
    names = ["b", "a", "a" if twice else 'c"']
    columns = [(name, [row[at] for row in rows]) for at, name in enumerate(names)]
    places = data.draw(st.sets(st.integers(0, len(rows) - 1)))
    further = {place: {"a": "kept", "z": "more"} for place in places}
    attributes = AttributeTable(len(rows), columns, further)
    products = [
        ProductData(str(number), "t", attributes=each)
        for number, each in enumerate(attributes.mappings())
    ]
    again = ProductTable.of(products)
    assert list(again.attributes.texts()) == list(attributes.texts())
    assert [dict(each) for each in again.attributes.mappings()] == [
        dict(each) for each in attributes.mappings()
    ]
    keep = [data.draw(st.booleans()) for _ in rows]
    assert list(attributes.kept(keep).texts()) == [
        text for text, is_kept in zip(attributes.texts(), keep, strict=True) if is_kept
    ]


def test_a_table_of_products_is_staged_as_the_feed_they_came_from(file_path):
    rows = [["id", "title", "price", "gtin", "additional_image_link", "weight", "adult", "Note"],
            ["1", "Pen", "1.50 EUR", "4006381333931", "https://a/1,https://a/2", "2 kg", "no", "x"],
            ["2", "Ink", "", "", "", "heavy", "", ""]]  # fmt: skip
    file_path.write_bytes(table(rows))
    found, _errors = read_all(file_path)
    [batch] = iter_batches(file_path)
    staged = StagedRows.of(batch.read().table)
    again = StagedRows.of(ProductTable.of([row.product for row in found]))
    assert again.digests == staged.digests
    assert again.copy_text().getvalue() == staged.copy_text().getvalue()
    assert staged.kept([False, True]).external_ids == ["2"]


def test_memory_does_not_grow_with_the_rows(file_path):
    """But for the ids, of which up to 27 bytes are kept each."""

    def peak(rows):
        lines = ("\t".join((f"P{n}", f"Product {n}", "9.90", "x" * 80)) for n in range(rows))
        file_path.write_text("\n".join(["id\ttitle\tprice\tNote", *lines]))
        tracemalloc.start()
        try:
            for batch in iter_batches(file_path, size=500):
                batch.row_keys()
                StagedRows.of(batch.read().table).copy_text()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1000)
    few, many = peak(3000), peak(24_000)
    assert many - few < 21_000 * 27 + 200_000
