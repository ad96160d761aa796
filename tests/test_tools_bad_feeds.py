"""docs/bad-feeds.md: the tests it names are there, and what it says of pandas is so."""

from __future__ import annotations

import io
import re

import pandas
import pytest

from tools.settings import REPOSITORY

_NAMED = re.compile(r"`((?:orion_base/tests/)?test_\w+\.py)(?:::(\w+))?`")
_HOME = "orion_marketplace_import/tests"


def test_each_named_test_is_there() -> None:
    text = (REPOSITORY / "docs/bad-feeds.md").read_text()
    table = text.partition("## ")[0]
    named = _NAMED.findall(table)
    assert len(named) > 30
    for path, name in named:
        place = REPOSITORY / (path if "/" in path else f"{_HOME}/{path}")
        assert f"def {name}" in place.read_text(), f"{path}::{name}"


def read(text: str) -> list[list[str]]:
    frame = pandas.read_csv(
        io.StringIO("id;title;price\n" + text), sep=";", dtype=str, na_filter=False
    )
    rows: list[list[str]] = frame.to_numpy().tolist()
    return rows


def test_what_pandas_does_with_damaged_files() -> None:
    with pytest.raises(pandas.errors.ParserError, match="EOF inside string"):
        read('1;Pen;1\n2;"no end;2\n3;Cap;3\n')
    with pytest.raises(pandas.errors.ParserError, match="Expected 3 fields"):
        read("1;Pen;1\n2;Ink;2;3\n3;Cap;3\n")
    assert read("1;Pen;1\n2;Ink\n3;Cap;3\n")[1] == ["2", "Ink", ""]
    assert read("1;P\x00en;1\n")[0] == ["1", "P", "1"]
