"""The counting of tests, and what is said at the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import outcome
from tools.outcome import Counts, Result

UNSTARTED = "Failed to detect chrome devtools port after 10.0s."


def test_tests_with_subtests_count_once(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        "<testsuites><testsuite>"
        '<testcase classname="a" name="whole"/><testcase classname="a" name="whole"/>'
        '<testcase classname="a" name="half"/>'
        '<testcase classname="a" name="half"><failure/></testcase>'
        '<testcase classname="a" name="left"><skipped/></testcase>'
        '<testcase classname="a" name="broken"><error/></testcase>'
        "</testsuite></testsuites>"
    )
    assert outcome.counts_of(report) == Counts(passed=1, failed=1, errors=1, skipped=1)


def test_a_pytest_that_died_has_no_report(tmp_path: Path) -> None:
    assert outcome.counts_of(tmp_path / "missing.xml") == Counts()


def test_the_closing_line(capsys: pytest.CaptureFixture[str]) -> None:
    results = [Result("plain", Counts(passed=3), 1.0), Result("odoo", Counts(2, skipped=1), 2.0)]
    assert outcome.summary(results, 3.5) == 0
    closing = capsys.readouterr().out.splitlines()[-1]
    assert closing.strip("=") == " 5 passed, 1 skipped in 3.50s "


@pytest.mark.parametrize(
    "bad",
    [
        Result("odoo", Counts(failed=1), 1.0),
        Result("odoo", Counts(errors=1), 1.0),
        Result("odoo", Counts(passed=1), 1.0, "unexpected lines in Odoo's log"),
    ],
)
def test_any_trouble_fails_the_run(bad: Result, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome.summary([Result("plain", Counts(passed=3), 1.0), bad], 1.0) == 1
    closing = capsys.readouterr().out.splitlines()[-1]
    assert "failed" in closing or "error" in closing


def test_a_part_without_tests_is_broken() -> None:
    assert not outcome.with_tests(Result("ways", Counts(), 0.0)).passed
    assert outcome.with_tests(Result("ways", Counts(passed=1), 0.0)).passed


def report_of(tmp_path: Path, *cases: str) -> Path:
    report = tmp_path / "report.xml"
    report.write_text(f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>")
    return report


def test_what_to_look_at_stands_at_the_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a long output often only the end is kept."""
    report = report_of(
        tmp_path,
        '<testcase classname="a.B" name="test_c"><failure message="1 != 2"/></testcase>',
        '<testcase classname="a.B" name="test_d"/>',
    )
    result = Result("odoo", Counts(1, failed=1), 1.0, details=outcome.details_of(report))
    outcome.summary([result], 1.0)
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2] == "  failure: a.B.test_c: 1 != 2"


@pytest.mark.parametrize(("reason", "is_without"), [(UNSTARTED, True), ("no pg_trgm", False)])
def test_a_browser_that_did_not_start_is_noticed(
    tmp_path: Path, reason: str, is_without: bool
) -> None:
    case = f'<testcase classname="a" name="b"><skipped message="{reason}"/></testcase>'
    assert outcome.without_browser(report_of(tmp_path, case)) is is_without
