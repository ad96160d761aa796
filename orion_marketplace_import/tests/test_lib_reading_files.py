import gzip
import io
import tarfile
import zipfile
from dataclasses import replace

import openpyxl
import pytest

from odoo.addons.orion_marketplace_import.lib.reading import (
    FileProblem,
    Limits,
    ReadOptions,
    UnreadableFeed,
    detect,
    iter_chunks,
    preview,
)

from .feed_files import products, read_all, table

SIMPLE = [["id", "title", "price"], ["1", "Pen", "1.50"], ["2", "Küche", "2,50 €"]]


def write(tmp_path, data, name="feed.bin"):
    path = tmp_path / name
    path.write_bytes(data)
    return path


def zipped(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def sheet(rows, formula=None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def titles(path, **named):
    return [product.title for product in products(path, **named)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
@pytest.mark.parametrize("terminator", ["\n", "\r\n", "\r"])
def test_every_dialect_and_encoding(tmp_path, delimiter, encoding, terminator):
    sign = "€" if encoding != "latin-1" else "EUR"
    rows = [["id", "title", "price"], ["1", "Pen", "1.50"], ["2", "Küche", f"2,50 {sign}"]]
    path = write(tmp_path, table(rows, delimiter, encoding, terminator))
    found = products(path)
    assert [product.title for product in found] == ["Pen", "Küche"]
    assert str(found[1].price) == "2.50"
    assert found[1].currency == "EUR"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_wide_encoding_without_mark(tmp_path, encoding):
    path = write(tmp_path, table(SIMPLE, encoding=encoding))
    assert titles(path) == ["Pen", "Küche"]


@pytest.mark.parametrize(
    "data",
    [
        table(SIMPLE),
        gzip.compress(table(SIMPLE)),
        zipped(**{"../../etc/feed.csv": table(SIMPLE)}),
        zipped(**{"readme.md": b"x" * 9000, "small.csv": b"id", "a/b.csv": table(SIMPLE)}),
        sheet([*SIMPLE, [None], [" "]]),
    ],
)
def test_what_it_is_packed_in_does_not_matter(tmp_path, data):
    assert titles(write(tmp_path, data, "feed.pdf")) == ["Pen", "Küche"]


def test_spreadsheet_values(tmp_path):
    rows = [
        [None],
        ["ID", "Titre", "Prix", "EAN", "En stock"],
        [7, "Stylo", 19.9, 4006381333931.0, True],
        [None, None, None],
        [8, "=1+1", "free", 4.00638e12, None],
    ]
    path = write(tmp_path, sheet(rows))
    assert detect(path).header_row == 2
    found, errors = read_all(path)
    assert [(row.number, row.product.external_id) for row in found] == [(3, "7")]
    assert found[0].product.gtin == "04006381333931"
    assert str(found[0].product.price) == "19.90"
    assert found[0].product.attributes == {"En stock": "true"}
    assert [error.row_number for error in errors] == [5]


def refused(path, options=None):
    options = options or ReadOptions()
    with pytest.raises(UnreadableFeed) as caught:
        list(iter_chunks(path, options=options))
    assert str(caught.value)
    return caught.value.problem


def tar_file():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        member = tarfile.TarInfo("feed.csv")
        member.size = 10
        archive.addfile(member, io.BytesIO(b"id,title\n1"))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", FileProblem.EMPTY),
        (b" \r\n\t\n", FileProblem.EMPTY),
        (b"\xef\xbb\xbf", FileProblem.EMPTY),
        (b"\x00" * 5000, FileProblem.BINARY),
        (bytes(range(256)) * 40, FileProblem.BINARY),
        (b"<!DOCTYPE html><html><body>Login</body></html>", FileProblem.HTML),
        (b"\n\n<!-- x -->\n<HTML lang='fr'>", FileProblem.HTML),
        (b"%PDF-1.7\n%\xe2\xe3", FileProblem.PDF),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", FileProblem.IMAGE),
        (b'{"error": "not found"}', FileProblem.JSON),
        (b'[{"id": 1}]', FileProblem.JSON),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, FileProblem.OLD_SPREADSHEET),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", FileProblem.OTHER_ARCHIVE),
        (tar_file(), FileProblem.OTHER_ARCHIVE),
        (gzip.compress(tar_file()), FileProblem.OTHER_ARCHIVE),
        (gzip.compress(gzip.compress(table(SIMPLE))), FileProblem.NESTED_ARCHIVE),
        (zipped(**{"a.xlsx": sheet(SIMPLE)}), FileProblem.NESTED_ARCHIVE),
        (zipped(mimetype=b"x", **{"content.xml": b"<a/>"}), FileProblem.OLD_SPREADSHEET),
        (zipped(), FileProblem.EMPTY_ARCHIVE),
        (zipped(**{"a.csv": table(SIMPLE)})[:-30], FileProblem.DAMAGED_ARCHIVE),
        (gzip.compress(b"")[:4], FileProblem.TRUNCATED),
        (b"\x1f\x8b\x08\x00 this is no gzip at all", FileProblem.DAMAGED_ARCHIVE),
        (b"Dear Sir, here is the list.\nRegards", FileProblem.NO_TABLE),
        (b"id;price\n1;2\n", FileProblem.MISSING_COLUMNS),
        (b"foo;bar\n1;2\n3;4\n", FileProblem.MISSING_COLUMNS),
        (b"id,title," + b"x," * 600, FileProblem.TOO_MANY_COLUMNS),
        (b"<?xml version='1.0'?><note><to>x</to></note>", FileProblem.XML_WITHOUT_PRODUCTS),
        (b"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss><item/></rss>", FileProblem.DOCTYPE),
    ],
)
def test_not_a_feed(tmp_path, data, problem):
    assert refused(write(tmp_path, data, "feed.csv")) is problem


def test_archive_with_password(tmp_path):
    data = bytearray(zipped(**{"a.csv": table(SIMPLE)}))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    assert refused(write(tmp_path, bytes(data))) is FileProblem.ENCRYPTED


SMALL = ReadOptions(limits=Limits(file_bytes=3_000_000, ratio=100, ratio_from=1_000_000))


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zipped(**{"a.csv": data})])
def test_bomb(tmp_path, pack):
    data = table(SIMPLE) + b"3,x,1\n" * 300_000
    assert refused(write(tmp_path, pack(data)), SMALL) is FileProblem.BOMB


def test_spreadsheet_bomb(tmp_path):
    data = zipped(**{"[Content_Types].xml": b"<a/>", "xl/workbook.xml": b"<a>" + b" " * 2_000_000})
    assert refused(write(tmp_path, data), SMALL) is FileProblem.BOMB


def test_spreadsheet_with_entities(tmp_path):
    entities = b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"
    data = zipped(**{"[Content_Types].xml": b"<a/>", "xl/workbook.xml": entities})
    assert refused(write(tmp_path, data)) is FileProblem.DOCTYPE


def test_damaged_spreadsheet(tmp_path):
    data = zipped(**{"[Content_Types].xml": b"<a/>", "xl/workbook.xml": b"<a/>"})
    assert refused(write(tmp_path, data)) is FileProblem.DAMAGED_SPREADSHEET


def test_too_large(tmp_path):
    data = table(SIMPLE) + b"3,x,1\n" * 600_000
    assert refused(write(tmp_path, data), SMALL) is FileProblem.TOO_LARGE


def test_cut_archive_gives_its_rows_first(tmp_path):
    rows = [["id", "title"], *([str(n), f"Title {n * 7919 % 10007}"] for n in range(20_000))]
    packed = gzip.compress(table(rows))
    path = write(tmp_path, packed)
    found = detect(path)
    path.write_bytes(packed[: len(packed) // 2])
    seen = []
    with pytest.raises(UnreadableFeed) as caught:
        for chunk in iter_chunks(path, size=1000, detection=found):
            seen.extend(row.product.external_id for row in chunk.rows)
    assert caught.value.problem is FileProblem.TRUNCATED
    assert len(seen) > 5000
    assert seen == [str(n) for n in range(len(seen))]


def test_detection_can_be_kept(tmp_path):
    found = detect(write(tmp_path, table(SIMPLE, ";")))
    assert type(found).from_json(found.to_json()) == found
    assert (found.delimiter, found.columns, found.header_row) == (";", ("id", "title", "price"), 1)


def test_preview_of_a_cut_file(tmp_path):
    path = write(tmp_path, b"id;name;what\n1;Pen;x\n;y;z\n")
    seen = preview(path)
    assert seen.mapping.fields == {"id": "external_id", "name": "title", "what": ""}
    assert seen.cells == (("1", "Pen", "x"), ("", "y", "z"))
    assert [row.product.title for row in seen.rows] == ["Pen"]
    assert [error.problem.value for error in seen.errors] == ["missing_id"]
    assert not preview(path, seen.mapping.with_field("name", "")).rows
    assert replace(seen, rows=()).mapping.missing == ()
