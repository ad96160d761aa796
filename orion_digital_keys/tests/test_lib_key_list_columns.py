"""Files that hold something else than keys, or more than them."""

import io

import openpyxl
import pytest

from odoo.addons.orion_digital_keys.lib.key_list import (
    LineProblem,
    UnreadableKeyList,
    read_key_list,
    read_pasted,
)


def workbook(*rows: tuple[str | None, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_spreadsheet_has_the_columns_that_are_filled() -> None:
    content = workbook(("name", "key"), ("One", "AAAA-1111"), ("Two", "AAAA-2222"))
    found = read_key_list(content, method="key", filename="keys.xlsx")
    assert [column.name for column in found.columns] == ["name", "key"]
    assert [entry.value for entry in found.entries] == ["AAAA-1111", "AAAA-2222"]


def test_a_spreadsheet_of_keys_alone_has_nothing_to_choose() -> None:
    found = read_key_list(workbook(("AAAA-1111",), ("AAAA-2222",)), method="key")
    assert found.columns == ()
    assert len(found.entries) == 2


@pytest.mark.parametrize("text", ["name,email", "Customer;E-Mail", "id\tname\temail"])
def test_a_list_of_customers_holds_no_key(text: str) -> None:
    separator = next(sign for sign in ",;\t" if sign in text)
    width = text.count(separator)
    rows = [
        ["1"] * (width - 1) + [f"Ada Miller{'' if n else 's'}", f"a{n}@example.com"] for n in (0, 1)
    ]
    lines = [text, *(separator.join(row) for row in rows)]
    found = read_pasted("\n".join(lines), method="key")
    assert found.entries == ()
    assert len(found.bad_lines) == 2, "the first line names the columns"


def test_an_address_is_said_to_be_one() -> None:
    [bad] = read_pasted("AAAA-1111\nada@example.com", method="key").bad_lines
    assert bad.problem is LineProblem.EMAIL


@pytest.mark.parametrize("key", ["ABCDE-FGHIJ", "WELCOME", "summer2027", "Summer2027", "aBcDeF"])
def test_keys_of_letters_alone_are_keys(key: str) -> None:
    assert [entry.value for entry in read_pasted(key, method="key").entries] == [key]


def test_a_broken_quotation_is_told_whichever_column_has_the_keys() -> None:
    lines = [
        "game,key",
        "One,AAAA-1111",
        "Two,AAAA-2222",
        '"Three,AAAA-3333',
        "Four,AAAA-4444",
        "Five,AAAA-5555",
        "Six,AAAA-6666",
    ]
    text = "\n".join(lines)
    found = read_pasted(text, method="key", column=1)
    broken = [bad.problem for bad in found.bad_lines if bad.number == 4]
    assert broken == [LineProblem.BROKEN_QUOTES]


def test_a_spreadsheet_that_is_cut_is_called_damaged() -> None:
    whole = workbook(("AAAA-1111",))
    with pytest.raises(UnreadableKeyList, match="spreadsheet is damaged"):
        read_key_list(whole[: len(whole) // 2], method="key", filename="keys.xlsx")
