import csv
import gzip
import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.orion_marketplace_import.lib.product_table import ProductTable
from odoo.addons.orion_marketplace_import.lib.reading import UnreadableFeed, iter_chunks
from odoo.addons.orion_marketplace_import.lib.staging import StagedRows

from .feed_files import read_all

HEADER = ["id", "title", "price", "gtin", "description"]
PEN = "4006381333931"
FAST = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def file_path(tmp_path_factory):
    return tmp_path_factory.mktemp("feeds") / "feed"


def good(number):
    return f'{number};"Pen; {number}";1.50;{PEN};"two\nlines"'


#: What stands in the file for a row, and what is said of it; None: it is a product.
BAD_ROWS = {
    '{n};"no end;1.50;;': "broken_quotes",
    '{n};"a "quote" inside";1.50;;': "broken_quotes",
    "{n};Pen": "too_few_cells",
    "{n};Pen;1.50;;;more": "too_many_cells",
    "{n};Pen;1.50;;;;;": None,
    ";Pen;1.50;;": "missing_id",
    "{n};;1.50;;": "missing_title",
    '{n};" ";1.50;;': "missing_title",
    "{n};Pen\x00;1.50;;": "forbidden_characters",
    "{n};Pen;free;;": "price_not_amount",
    "{n};Pen;-5;;": "price_negative",
    "{n};Pen;1e99;;": "price_not_amount",
    "{n};Pen;1.299,00 €;;": None,
    "{n};Pen;;;": None,
    '{n};12" Pen;1;;': None,
    "{n};Pen;1;4.00638E+12;": "gtin_damaged",
    "{n};Pen;1;4006381333932;": "gtin_invalid",
    "{n};Pen;1;4006381333931.0;": None,
    "{n};Pen;1;36000291452;": None,
    "{n};=1+1;1;n/a;=HYPERLINK(1)": None,
    "{n};Pen;1;;" + "x" * 500_000: "cell_too_long",
    '{n};Pen;1;;"' + "x\n" * 100_000 + '"': "broken_quotes",
    "{n};" + "x" * 2_100_000: "row_too_long",
    "first;again;1;;": "duplicate_id",
    "{long};Pen;1;;": "identifier_too_long",
}


@pytest.mark.parametrize("row", BAD_ROWS, ids=lambda row: row[:25])
def test_a_bad_row_is_explained_and_the_others_imported(file_path, row):
    bad = row.replace("{n}", "bad").replace("{long}", "x" * 201)
    lines = [";".join(HEADER), "first;Pen;1;;", good(1), bad, good(2), good(3)]
    file_path.write_text("\n".join(lines), encoding="utf-8")
    rows, errors = read_all(file_path)
    problem = BAD_ROWS[row]
    expected = ["first", "1", "bad", "2", "3"] if problem is None else ["first", "1", "2", "3"]
    said = [(error.row_number, error.problem.value) for error in errors]
    if "x\nx\n" in bad:
        # What follows the broken row cannot be known to belong to it.
        assert said[0] == (4, problem)
        assert {word for _, word in said[1:]} == {"too_few_cells", "broken_quotes"}
    else:
        assert said == ([] if problem is None else [(4, problem)])
    assert [each.product.external_id for each in rows] == expected
    assert all(error.message and json.dumps(dict(error.row_data)) for error in errors)


def test_unclosed_quotes_everywhere(file_path):
    lines = [f'{n};"no end;1;;' for n in range(3000)]
    file_path.write_text("\n".join([";".join(HEADER), *lines, good("x")]))
    rows, errors = read_all(file_path, size=100)
    assert [row.product.external_id for row in rows] == ["x"]
    assert [error.identifier for error in errors] == [str(n) for n in range(3000)]


def test_swallowed_rows_that_look_right(file_path):
    """Two stray quotes that close each other, with rows in between."""
    lines = ['1;"Pen;1;;', "2;Ink;2;;", '3;Cap";3;;', "4;Nib;4;;"]
    file_path.write_text("\n".join([";".join(HEADER), *lines]))
    rows, errors = read_all(file_path)
    assert [error.row_number for error in errors] == [2]
    assert [row.product.title for row in rows] == ["Ink", 'Cap"', "Nib"]


def test_a_table_cut_anywhere_loses_its_last_row_at_most(file_path):
    lines = [";".join(HEADER), *(f'{n};"Pen; {n}";1.50;{PEN};text' for n in range(4))]
    whole = "\n".join(lines)
    for end in range(len(lines[0]) + 1, len(whole)):
        file_path.write_text(whole[:end])
        rows, errors = read_all(file_path)
        complete = whole[:end].count("\n") - 1
        found = [row.product.external_id for row in rows]
        assert found[:complete] == [str(n) for n in range(complete)]
        assert len(rows) + len(errors) <= complete + 1
        assert all(error.row_number == complete + 2 for error in errors)


def test_rows_of_another_encoding(file_path):
    lines = [";".join(HEADER), *(f"{n};Küche é à;1;;" for n in range(50))]
    data = "\n".join(lines).encode() + "\nbad;Schöne;1;;\nlast;Ende;1;;".encode("latin-1")
    file_path.write_bytes(data)
    rows, errors = read_all(file_path)
    assert [(error.identifier, error.problem.value) for error in errors] == [
        ("bad", "wrong_encoding")
    ]
    assert rows[-1].product.title == "Ende"
    assert len(rows) == 51


ROWS = st.lists(st.sampled_from([*BAD_ROWS][:21]), max_size=12)


@FAST
@given(ROWS, st.integers(1, 5), st.randoms())
def test_each_row_is_a_product_or_one_error(file_path, bad, size, random):
    lines = [row.replace("{n}", f"b{n}") for n, row in enumerate(bad)]
    wanted = {n: BAD_ROWS[row] for n, row in enumerate(bad)}
    for n in range(4):
        lines.insert(random.randint(0, len(lines)), good(n))
    file_path.write_text("\n".join([";".join(HEADER), *lines]), encoding="utf-8")
    rows, errors = read_all(file_path, size=size)
    numbers = [row.number for row in rows] + [error.row_number for error in errors]
    assert sorted(numbers) == list(range(2, 2 + len(lines)))
    said = {error.identifier: error.problem.value for error in errors}
    for n, problem in wanted.items():
        if problem not in {None, "missing_id"}:
            assert said[f"b{n}"] == problem
    products = {row.product.external_id for row in rows}
    assert products == {str(n) for n in range(4)} | {
        f"b{n}" for n, problem in wanted.items() if problem is None
    }


@FAST
@given(ROWS, st.integers(1, 5), st.integers(1, 5), st.integers(0, 20))
def test_going_on_in_the_middle(file_path, bad, size, other_size, first):
    lines = [row.replace("{n}", f"b{n % 4}") for n, row in enumerate(bad)]
    file_path.write_text("\n".join([";".join(HEADER), *lines, good(1)]), encoding="utf-8")
    rows, errors = read_all(file_path, size=size)
    again, errors_again = read_all(file_path, size=other_size, first_row=first)
    assert again == [row for row in rows if row.number >= first]
    assert errors_again == [error for error in errors if error.row_number >= first]


CELLS = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc", "Cn"],
        exclude_characters="'\ufeff",
        include_characters='\n\t,;|"',
    ),
    max_size=12,
)


def may_be_swallowed(row):
    """Whole rows within a cell are taken for rows that an open quote has run through."""
    text = "".join(row)
    return "\n" in text and any(text.count(sign) >= 3 for sign in ",;|\t")


TEXTS = st.tuples(CELLS, CELLS, CELLS).filter(lambda row: not may_be_swallowed(row))


@FAST
@given(
    st.lists(TEXTS, min_size=1, max_size=6),
    st.sampled_from(",;\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]),
    st.booleans(),
)
def test_round_trip(file_path, texts, delimiter, encoding, terminator, quoting, pack):
    rows = [(f"id{n}", "t" + row[0], *row[1:]) for n, row in enumerate(texts)]
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=terminator, quoting=quoting)
    writer.writerow(["id", "title", "description", "My column"])
    writer.writerows(rows)
    data = buffer.getvalue().encode(encoding)
    file_path.write_bytes(gzip.compress(data) if pack else data)
    found, errors = read_all(file_path)
    assert not errors
    assert [
        (each.external_id, each.title, each.description, each.attributes.get("My column", ""))
        for each in (row.product for row in found)
    ] == [tuple(map(str.strip, row)) for row in rows]


@FAST
@given(
    st.binary(max_size=400),
    st.sampled_from(
        [b"", b"id,title\n", b"PK\x03\x04", b"\x1f\x8b", b"<rss><item>", b"%PDF", b"\xff\xfe"]
    ),
)
def test_nothing_but_the_typed_error(file_path, data, start):
    file_path.write_bytes(start + data)
    try:
        for chunk in iter_chunks(file_path, size=2):
            assert chunk.rows or chunk.errors
    except UnreadableFeed as error:
        assert str(error)


def digest(row):
    return StagedRows.of(ProductTable.of([row.product])).digests[0]


@FAST
@given(st.data())
def test_order_of_columns_does_not_matter_to_the_digest(file_path, data):
    columns = {"id": "1", "title": "x", "price": "1", "foo": "a", "bar": "b", "color": "red"}
    order = data.draw(st.permutations(list(columns)))
    file_path.write_text(f"{';'.join(order)}\n{';'.join(columns[name] for name in order)}\n")
    (row,), _ = read_all(file_path)
    file_path.write_text(f"{';'.join(columns)}\n{';'.join(columns.values())}\n")
    (same,), _ = read_all(file_path)
    assert digest(row) == digest(same)
    file_path.write_text(f"{';'.join(columns)}\n{';'.join(columns.values())}!\n")
    (other,), _ = read_all(file_path)
    assert digest(other) != digest(same)
