import io
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from odoo.addons.orion_digital_keys.lib.key_list import (
    LINE_SENTENCES,
    WHOLE_LINE,
    LineProblem,
    UnreadableKeyList,
    folded,
    harmless_name,
    normalised,
    read_key_list,
    read_pasted,
)

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
KEYS = st.lists(
    st.builds("-".join, st.lists(st.text(LETTERS, min_size=5, max_size=5), min_size=3, max_size=3)),
    min_size=1,
    max_size=30,
    unique=True,
)


def values(found):
    return [entry.value for entry in found.entries]


def problems(found):
    return [(line.number, line.problem) for line in found.bad_lines]


def workbook(rows, formats=()):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell, number_format in formats:
        book.active[cell].number_format = number_format
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def picture(colour, kind="PNG", size=(8, 8)):
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, kind)
    return stream.getvalue()


def archive(files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return stream.getvalue()


@given(KEYS, st.sampled_from(["\n", "\r\n", "\n\n"]), st.sampled_from(["", "\ufeff"]))
def test_what_is_pasted_comes_out_in_order_whatever_ends_the_lines(keys, end, mark):
    found = read_pasted(mark + end.join(keys) + end, method="key")
    assert values(found) == keys
    assert not found.bad_lines


@given(KEYS, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
def test_encodings_of_a_file_make_no_difference(keys, encoding):
    found = read_key_list("\n".join(keys).encode(encoding), method="key")
    assert values(found) == keys


@given(KEYS, st.data())
def test_a_key_that_comes_again_is_taken_once_and_the_line_of_the_first_is_named(keys, data):
    again = data.draw(st.lists(st.sampled_from(keys), max_size=5))
    found = read_pasted("\n".join(keys + again), method="key")
    assert values(found) == keys
    assert [line.problem for line in found.bad_lines] == [LineProblem.DUPLICATE] * len(again)
    for line, key in zip(found.bad_lines, again, strict=True):
        assert line.sentence == f"The same as line {keys.index(key) + 1}."


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_and_no_sentence_holds_a_key(text):
    try:
        found = read_pasted(text, method="key")
    except UnreadableKeyList as error:
        assert error.message
        return
    for line in found.bad_lines:
        assert len(line.masked.replace("*", "")) <= 4
    for entry in found.entries:
        assert entry.value == normalised(entry.value)
        assert repr(entry) == repr(replace(entry, value="another"))


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["key", "image", "link"]))
def test_any_file_is_read_or_refused(content, method):
    try:
        read_key_list(content, method=method, filename="file")
    except UnreadableKeyList as error:
        assert error.sentence


@given(KEYS, st.sampled_from([";", ",", "\t", "|"]))
def test_the_column_is_found_by_its_name(keys, sign):
    lines = [
        f"No{sign}Key{sign}Bought",
        *(f"{n}{sign}{key}{sign}May" for n, key in enumerate(keys)),
    ]
    found = read_key_list("\n".join(lines).encode(), method="key")
    assert values(found) == keys
    assert found.column == 1
    assert [column.name for column in found.columns] == ["No", "Key", "Bought"]


def test_without_names_the_column_with_most_different_keys_is_taken():
    text = "Steam;AAAAA-11111;12\nSteam;BBBBB-22222;12\nSteam;CCCCC-33333;12"
    found = read_pasted(text, method="key")
    assert values(found) == ["AAAAA-11111", "BBBBB-22222", "CCCCC-33333"]
    assert [column.example for column in found.columns] == ["****", "AAAA****", "****"]


def test_the_column_can_be_chosen():
    text = "code;second\nAAAAA-11111;XXXXX-11111\nBBBBB-22222;XXXXX-22222"
    assert values(read_pasted(text, method="key", column=1)) == ["XXXXX-11111", "XXXXX-22222"]
    whole = read_pasted("ABCD,1\nEFGH,2", method="key", column=WHOLE_LINE)
    assert values(whole) == ["ABCD,1", "EFGH,2"]


def test_a_column_that_is_not_there_is_looked_for_again():
    assert values(read_pasted("AAAAA-11111", method="key", column=7)) == ["AAAAA-11111"]


def test_a_quotation_mark_that_is_never_closed_spoils_one_line_only():
    found = read_pasted('AAAAA-11111\n"BBBBB-22222\nCCCCC-33333\n"DDDDD-44444"', method="key")
    assert values(found) == ["AAAAA-11111", "CCCCC-33333", "DDDDD-44444"]
    assert problems(found) == [(2, LineProblem.BROKEN_QUOTES)]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("1.23457E+15", LineProblem.DIGITS_LOST),
        ("1,2E15", LineProblem.DIGITS_LOST),
        ("#N/A", LineProblem.SPREADSHEET_ERROR),
        ("#####", LineProblem.SPREADSHEET_ERROR),
        ("ABCDE\u2013FGHIJ", LineProblem.STRANGE_CHARACTERS),
        ("ABCDE\ufffdFGHIJ", LineProblem.STRANGE_CHARACTERS),
        ("ABC\x07DEF", LineProblem.STRANGE_CHARACTERS),
        ("Here are your keys:", LineProblem.SENTENCE),
        ("AB1", LineProblem.TOO_SHORT),
        ("A1" * 501, LineProblem.TOO_LONG),
    ],
)
def test_a_damaged_line_is_named_and_the_others_are_taken(line, problem):
    found = read_pasted(f"AAAAA-11111\n{line}\nBBBBB-22222", method="key")
    assert values(found) == ["AAAAA-11111", "BBBBB-22222"]
    assert problems(found) == [(2, problem)]


@pytest.mark.parametrize("line", ["ABCD EFGH 1234", "abcdefgh", "A1B2!?#$", "x-y_z.1/2+3=", "0001"])
def test_what_may_be_a_key_is_taken(line):
    assert values(read_pasted(line, method="key")) == [line]


def test_what_nobody_sees_is_no_part_of_a_key():
    found = read_pasted(" \u200bAAAAA-\u00ad11111\u00a0\nAAAAA-11111", method="key")
    assert values(found) == ["AAAAA-11111"]
    assert problems(found) == [(2, LineProblem.DUPLICATE)]


def test_a_key_unlike_all_others_is_marked_and_nothing_is_where_keys_differ_anyway():
    usual = [f"AAAA{n}-BBBB{n}" for n in range(9)]
    found = read_pasted("\n".join([*usual, "CCCC1-BBB"]), method="key")
    assert [entry.number for entry in found.entries if entry.is_unusual] == [10]
    mixed = read_pasted("\n".join("A" * length for length in range(4, 14)), method="key")
    assert not any(entry.is_unusual for entry in mixed.entries)


def test_links_must_be_addresses():
    text = "https://example.com/a?b=1\nftp://example.com/a\nhttps://\nAAAAA-11111"
    found = read_pasted(text, method="link")
    assert values(found) == ["https://example.com/a?b=1"]
    assert problems(found) == [(number, LineProblem.NO_ADDRESS) for number in (2, 3, 4)]


@pytest.mark.parametrize("text", ["", "\n \n", "\ufeff", "Key\n"])
def test_nothing_is_said_to_be_nothing(text):
    with pytest.raises(UnreadableKeyList, match="no keys"):
        read_pasted(text, method="key")


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"a\x00b"])
def test_other_files_are_refused(content):
    with pytest.raises(UnreadableKeyList, match="XLSX"):
        read_key_list(content, method="key")


def test_a_spreadsheet_is_read_with_its_damages():
    rows = [
        ["Title", "Key"],
        ["A", "AAAAA-11111"],
        ["B", 12345678],
        ["C", 1234567890123456789],
        ["D", 1.5],
        ["E", None],
        [None, None],
        ["F", "AAAAA-11111"],
        ["G", 42],
    ]
    found = read_key_list(workbook(rows, [("B9", "0000000000")]), method="key")
    assert values(found) == ["AAAAA-11111", "12345678", "0000000042"]
    assert problems(found) == [
        (4, LineProblem.DIGITS_LOST),
        (5, LineProblem.DIGITS_LOST),
        (6, LineProblem.FEW_CELLS),
        (8, LineProblem.DUPLICATE),
    ]


def test_a_cut_spreadsheet_is_refused():
    content = workbook([["AAAAA-11111"]] * 50)
    with pytest.raises(UnreadableKeyList):
        read_key_list(content[: len(content) // 2], method="key")


def test_pictures_are_taken_from_an_archive():
    red, blue = picture("red"), picture("blue", "JPEG")
    packed = archive(
        {
            "keys/": b"",
            "keys/1.png": red,
            "keys/AB12-CDEF-SECRET.jpg": blue,
            "keys/AB12-CDEF-AGAIN.png": red,
            "keys/cut.png": red[:40],
            "notes.txt": b"hello",
            "__MACOSX/keys/._1.png": b"x",
        }
    )
    found = read_key_list(packed, method="image", filename="keys.zip")
    assert values(found) == [red, blue]
    assert [entry.masked for entry in found.entries] == ["****", "AB12****"]
    assert found.bad_lines[0].masked == "AB12****"
    assert [problem for _number, problem in problems(found)] == [
        LineProblem.DUPLICATE,
        LineProblem.NO_IMAGE,
        LineProblem.NO_IMAGE,
    ]


def test_one_picture_is_one_key_and_text_is_none():
    assert len(read_key_list(picture("red"), method="image", filename="a.png").entries) == 1
    with pytest.raises(UnreadableKeyList, match="pictures"):
        read_key_list(b"AAAAA-11111", method="image", filename="a.txt")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("keys.xlsx", "keys.xlsx"),
        ("Cards.ZIP", "Cards.ZIP"),
        ("AB12-CDEF.png", "key.png"),
        ("AB12.CDEF", "key"),
        ("AB12-CDEF", "key"),
    ],
)
def test_the_name_of_what_may_be_a_picture_is_not_kept(given, kept):
    assert harmless_name(given) == kept


def test_every_problem_has_its_sentence():
    assert set(LINE_SENTENCES) == set(LineProblem)


@given(st.text("ABCdef123", min_size=4, max_size=12), st.data())
def test_keys_in_another_notation_are_alike_and_stay_two(key, data):
    places = data.draw(st.lists(st.integers(1, len(key) - 1), max_size=3))
    other = key.swapcase()
    for place in places:
        other = f"{other[:place]}{data.draw(st.sampled_from('- '))}{other[place:]}"
    assert folded(other) == folded(key)
    assert folded(f"{key}X") != folded(key)


def test_only_the_later_of_two_notations_is_told():
    found = read_pasted("ABCD-1111\nXYZW-2222\nabcd 1111\nABCD1111", method="key")
    assert [(entry.number, entry.alike) for entry in found.entries] == [
        (1, 0), (2, 0), (3, 1), (4, 1)
    ]  # fmt: skip
    links = read_pasted("https://a.example/Ab\nhttps://a.example/ab", method="link")
    assert not any(entry.alike for entry in links.entries)
