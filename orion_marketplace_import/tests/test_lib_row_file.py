from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.orion_marketplace_import.lib.feed_writer import FORMULA_SIGNS
from odoo.addons.orion_marketplace_import.lib.reading.columns import PROBLEM_COLUMN
from odoo.addons.orion_marketplace_import.lib.row_file import RowToCorrect, guarded, row_file

from .feed_files import read_all

TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="\ufeff"), max_size=20
)


@given(st.text())
def test_no_cell_is_a_formula(text):
    assert not guarded(text).strip().startswith(FORMULA_SIGNS)


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=5))
def test_what_is_corrected_is_read_as_it_was(tmp_path_factory, texts):
    rows = [
        RowToCorrect(number, "=1+1", {"id": f"P{number}", "title": f"t{title}", "note": note})
        for number, (title, note) in enumerate(texts)
    ]
    path = tmp_path_factory.mktemp("rows") / "rows.csv"
    path.write_bytes(b"".join(row_file(["id", "title", "price", "note"], rows)))
    found, errors = read_all(path)
    assert not errors
    assert [(each.product.external_id, each.product.title) for each in found] == [
        (row.cells["id"], row.cells["title"].strip()) for row in rows
    ]
    for each, row in zip(found, rows, strict=True):
        assert each.product.attributes.get("note", "") == row.cells["note"].strip()
        assert PROBLEM_COLUMN not in each.product.attributes
