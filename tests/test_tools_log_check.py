"""Odoo's log is searched for what nobody expects."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import log_check
from tools.problems import Problem

HEAD = "2026-11-21 05:35:03,239 4531"
QUIET = f"{HEAD} INFO db odoo: Odoo version 19.0"
ERROR = (
    f"{HEAD} ERROR db odoo.http: Exception during request\nTraceback (most recent call last):\n  x"
)
WARNING = f"{HEAD} WARNING ? odoo.tools.config: careful"
TRIGRAMS = (
    f"{HEAD} ERROR ? odoo.sql_db: bad query: b'CREATE EXTENSION IF NOT EXISTS pg_trgm'\n"
    'ERROR: extension "pg_trgm" is not available'
)


def check(tmp_path: Path, *records: str) -> list[str]:
    log = tmp_path / "odoo.log"
    log.write_text("\n".join(records))
    return log_check.unexpected(log)


@pytest.mark.parametrize("record", [ERROR, WARNING])
def test_what_nobody_expects_is_found_whole(tmp_path: Path, record: str) -> None:
    assert check(tmp_path, QUIET, record, QUIET) == [record]


def test_what_is_allowed_or_quiet_is_passed_over(tmp_path: Path) -> None:
    assert check(tmp_path, QUIET, TRIGRAMS, QUIET) == []


def test_a_log_that_was_never_written(tmp_path: Path) -> None:
    assert log_check.unexpected(tmp_path / "missing.log") == []


def test_the_problem_shows_the_records(tmp_path: Path) -> None:
    log = tmp_path / "odoo.log"
    log.write_text(f"{ERROR}\n{WARNING}\n")
    with pytest.raises(Problem, match="2 warnings or errors") as caught:
        log_check.demand_clean([log])
    assert "careful" in str(caught.value)


def test_every_line_of_the_allow_list_has_a_reason() -> None:
    entries = log_check.allowed_by()
    assert entries
    assert all(entry.reason for entry in entries)


@pytest.mark.parametrize("line", ["odoo\\.http", "odoo\\.http || ", "odoo\\.http ||"])
def test_a_line_without_a_reason_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "allow.txt"
    path.write_text(f"# comment\n\n{line}\n")
    with pytest.raises(Problem, match="gives no reason"):
        log_check.allowed_by(path)
