import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.orion_base.lib.json_text import read_json

NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
)


@given(VALUES)
def test_sound_json_is_read_as_it_is(value):
    assert read_json(json.dumps(value).encode()) == value
    assert read_json(json.dumps(value, ensure_ascii=False).encode("utf-16")) == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r'{"name": "Pen\u0000cil"}', {"name": "Pen\ufffdcil"}),
        (r'["\ud83d", "\ud83d\ude00", "\\u0000"]', ["\ufffd", "\U0001f600", "\\u0000"]),
        ('{"\\u0000": [{"a": "\\udc00b"}]}', {"\ufffd": [{"a": "\ufffdb"}]}),
        ('{"price": NaN, "other": -Infinity}', {"price": None, "other": None}),
        ('[1e999, 1.5]', [None, 1.5]),
    ],
)  # fmt: skip
def test_what_no_database_keeps_is_replaced(text, expected):
    value = read_json(text.encode())
    assert value == expected
    json.dumps(value, allow_nan=False).encode()


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a": }', b"\xff\xfe\x00"])
def test_no_json(body):
    with pytest.raises(ValueError):
        read_json(body)
