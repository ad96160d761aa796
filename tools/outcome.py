"""How the tests went: read from pytest's reports, and said at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

#: Elements of a test in pytest's report, the worst last; none for a test that passed.
_RANKS = ("passed", "skipped", "failure", "error")
#: The end of a long output is what remains visible of it: so much of it may be trouble.
_SHOWN, _SHOWN_LENGTH = 12, 600


@dataclass(frozen=True)
class Counts:
    """How many tests ended how."""

    passed: int = 0
    failed: int = 0
    errors: int = 0
    skipped: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.passed + other.passed,
            self.failed + other.failed,
            self.errors + other.errors,
            self.skipped + other.skipped,
        )

    def __str__(self) -> str:
        words = {"failed": self.failed, "passed": self.passed, "skipped": self.skipped}
        parts = [f"{number} {word}" for word, number in words.items() if number]
        if self.errors:
            parts.append(f"{self.errors} error{'s' if self.errors > 1 else ''}")
        return ", ".join(parts) or "no tests ran"


@dataclass(frozen=True)
class Result:
    """How a part of the tests went.

    :param details: what to look at, a line each: tests that failed or were skipped, and why.
    """

    part: str
    counts: Counts
    seconds: float
    problem: str = ""
    details: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing went wrong."""
        return not (self.counts.failed or self.counts.errors or self.problem)


def counts_of(report: Path) -> Counts:
    """Read pytest's report; nothing when it died before writing one."""
    # A test with subtests is reported once for each of them, and counts once here.
    worst: dict[tuple[str | None, ...], int] = {}
    for case in _cases(report):
        key = case.get("file"), case.get("classname"), case.get("name")
        rank = max((_RANKS.index(child.tag) for child in case if child.tag in _RANKS), default=0)
        worst[key] = max(rank, worst.get(key, 0))
    numbers = Counter(worst.values())
    return Counts(numbers[0], numbers[2], numbers[3], numbers[1])


def details_of(report: Path) -> tuple[str, ...]:
    """Name the tests of pytest's report that failed or were skipped, each with why."""
    return tuple(
        f"{child.tag}: {case.get('classname')}.{case.get('name')}: {child.get('message')}"
        for case in _cases(report)
        for child in case
        if child.tag in _RANKS
    )


def without_browser(report: Path) -> bool:
    """Whether a test was skipped because its browser did not start."""
    return any(
        child.tag == "skipped" and "chrom" in str(child.get("message")).lower()
        for case in _cases(report)
        for child in case
    )


def _cases(report: Path) -> Iterator[ElementTree.Element]:
    if report.exists():
        yield from ElementTree.parse(report).getroot().iter("testcase")


def with_tests(result: Result) -> Result:
    """Where no test was left out by an option, a part without any is broken."""
    if result.counts == Counts() and not result.problem:
        return replace(result, problem="no test was found")
    return result


def summary(results: Sequence[Result], seconds: float) -> int:
    """Print how the parts went, then what to look at, then one closing line.

    :returns: 1 when anything failed, else 0.
    """
    total = Counts()
    print("\n=== summary ===")
    for result in results:
        trouble = f"; {result.problem}" if result.problem else ""
        print(f"{result.part:<8} {result.counts} in {result.seconds:.1f}s{trouble}")
        total += result.counts
    for line in [line for result in results for line in result.details][:_SHOWN]:
        print(f"  {line[:_SHOWN_LENGTH]}")
    failed = not all(result.passed for result in results)
    if failed and not (total.failed or total.errors):
        total += Counts(errors=sum(1 for result in results if result.problem))
    print(f" {total} in {seconds:.2f}s ".center(80, "="), flush=True)
    return 1 if failed else 0
