"""`make test`: what needs no database, the addons in Odoo, and the whole ways."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

from tools import addons, lib_tree, log_check, postgres, templates
from tools.configuration import write_configuration
from tools.database import Databases
from tools.environment import Environment
from tools.postgres import Postgres
from tools.problems import Problem
from tools.settings import REPOSITORY
from tools.shell import say

#: pytest's code for "no test was chosen".
_NOTHING_CHOSEN = 5
#: Elements of a test in pytest's report, the worst last; none for a test that passed.
_RANKS = ("passed", "skipped", "failure", "error")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: Tests beside the addons that need no database.
_PLAIN = (
    "tests/test_sandbox*.py",
    "tests/test_tools*.py",
    "tests/test_translations.py",
    "sandbox/**/test_*.py",
)


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
    """How a part of the tests went."""

    part: str
    counts: Counts
    seconds: float
    problem: str = ""

    @property
    def passed(self) -> bool:
        """Whether nothing went wrong."""
        return not (self.counts.failed or self.counts.errors or self.problem)


def run(environment: Environment, arguments: Sequence[str]) -> int:
    """Run the tests, print a summary, and answer 1 when any failed.

    :param arguments: names of parts; none for all. After `--` come options for pytest.
    """
    parts = {"plain": _plain, "odoo": _odoo, "ways": _ways}
    chosen, options = _split(arguments, parts)
    _demand_browser()
    started = time.monotonic()
    results = []
    for name in chosen:
        say(f"\n=== {name} ===")
        result = parts[name](environment, options)
        results.append(result if options else _with_tests(result))
    return _summary(results, time.monotonic() - started)


def _split(
    arguments: Sequence[str], parts: Mapping[str, object]
) -> tuple[Sequence[str], Sequence[str]]:
    names, options = list(arguments), []
    if "--" in names:
        place = names.index("--")
        names, options = names[:place], names[place + 1 :]
    unknown = [name for name in names if name not in parts]
    if unknown:
        raise Problem(f"There is no part {unknown[0]} of the tests: choose of {', '.join(parts)}.")
    return names or list(parts), options


def _demand_browser() -> None:
    if os.environ.get("ORION_REQUIRE_BROWSER") and not any(map(shutil.which, _BROWSERS)):
        raise Problem(
            "ORION_REQUIRE_BROWSER is set, and there is no browser: install chromium, or unset it "
            "to skip the tests that need one."
        )


def _plain(environment: Environment, options: Sequence[str]) -> Result:
    """Libs, sandbox and tools, where neither Odoo nor a database can be found."""
    tree = lib_tree.build(environment.settings, "tests")
    files = sorted(tree.glob("odoo/addons/*/tests/test_lib_*.py"))
    files += sorted(path for pattern in _PLAIN for path in REPOSITORY.glob(pattern))
    command = ["-p", "no:odoo", *map(str, files), *options]
    return _pytest(environment, "plain", command, {"PYTHONPATH": str(tree)})


def _odoo(environment: Environment, options: Sequence[str]) -> Result:
    """The addons' own tests, in a copy of a database that has them installed."""
    settings = environment.settings
    log = settings.logs / "test-odoo.log"
    log.unlink(missing_ok=True)
    folders = [name for name in addons.installed() if (REPOSITORY / name / "tests").is_dir()]
    with test_database(environment) as (server, name):
        configuration = write_configuration(environment, server, name, {"logfile": str(log)})
        command = [
            f"--odoo-database={name}",
            f"--odoo-config={configuration}",
            "--odoo-log-level=warn",
            "--odoo-http",
            # Odoo sends warnings to its log, where they are looked for.
            "-p",
            "no:warnings",
            "--ignore-glob=*/test_lib_*.py",
            *folders,
            *options,
        ]
        result = _pytest(environment, "odoo", command, server.environment)
    logs = [
        log,
        *(templates.install_log(environment, each) for each in templates.names(environment)),
    ]
    return _with_clean_log(result, lambda: log_check.demand_clean(logs))


def _ways(environment: Environment, options: Sequence[str]) -> Result:
    """What crosses addons: servers, sandbox and clients as processes of their own."""
    plain = {path for pattern in _PLAIN for path in REPOSITORY.glob(pattern)}
    files = sorted(path for path in (REPOSITORY / "tests").rglob("test_*.py") if path not in plain)
    if not files:
        return Result("ways", Counts(), 0)
    with (
        postgres.in_use(environment.settings) as server,
        templates.in_use(environment, Databases(server, environment.settings.data)),
    ):
        command = ["-p", "no:odoo", *map(str, files), *options]
        return _pytest(environment, "ways", command, {})


@contextmanager
def test_database(environment: Environment) -> Iterator[tuple[Postgres, str]]:
    """A copy of the installed database under a name of its own, dropped in the end."""
    with postgres.in_use(environment.settings) as server:
        databases = Databases(server, environment.settings.data)
        name = f"orion_test_{os.getpid()}"
        with templates.in_use(environment, databases) as template:
            databases.copy(template, name)
        databases.commit_lazily(name)
        try:
            yield server, name
        finally:
            databases.drop(name)


def _pytest(
    environment: Environment, part: str, arguments: Sequence[str], variables: Mapping[str, str]
) -> Result:
    settings = environment.settings
    report = settings.logs / f"test-{part}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    started = time.monotonic()
    code = subprocess.run(
        [
            settings.python,
            "-m",
            "pytest",
            f"--rootdir={REPOSITORY}",
            f"--config-file={REPOSITORY / 'pyproject.toml'}",
            f"--junitxml={report}",
            "--override-ini=junit_family=xunit1",  # which names the files
            "-p",
            "no:cacheprovider",
            "--durations=10",
            "--durations-min=5",
            *arguments,
        ],
        cwd=REPOSITORY,
        check=False,
        env={
            **os.environ,
            "ORION_CACHE": str(settings.cache),
            "HYPOTHESIS_STORAGE_DIRECTORY": str(settings.cache / "hypothesis"),
            **variables,
        },
    ).returncode
    counts = _counts(report)
    problem = ""
    if code not in {0, _NOTHING_CHOSEN} and not (counts.failed or counts.errors):
        problem = f"pytest ended with code {code}"
    return Result(part, counts, time.monotonic() - started, problem)


def _counts(report: Path) -> Counts:
    """Read pytest's report; nothing when it died before writing one."""
    if not report.exists():
        return Counts()
    # A test with subtests is reported once for each of them, and counts once here.
    worst: dict[tuple[str | None, ...], int] = {}
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        key = case.get("file"), case.get("classname"), case.get("name")
        rank = max((_RANKS.index(child.tag) for child in case if child.tag in _RANKS), default=0)
        worst[key] = max(rank, worst.get(key, 0))
    numbers = Counter(worst.values())
    return Counts(numbers[0], numbers[2], numbers[3], numbers[1])


def _with_clean_log(result: Result, check: Callable[[], None]) -> Result:
    try:
        check()
    except Problem as problem:
        say(f"\n{problem}")
        return Result(result.part, result.counts, result.seconds, "unexpected lines in Odoo's log")
    return result


def _with_tests(result: Result) -> Result:
    """Where no test was left out by an option, a part without any is broken."""
    if result.counts == Counts() and not result.problem:
        return replace(result, problem="no test was found")
    return result


def _summary(results: Sequence[Result], seconds: float) -> int:
    total = Counts()
    print("\n=== summary ===")
    for result in results:
        trouble = f"; {result.problem}" if result.problem else ""
        print(f"{result.part:<8} {result.counts} in {result.seconds:.1f}s{trouble}")
        total += result.counts
    failed = not all(result.passed for result in results)
    if failed and not (total.failed or total.errors):
        total += Counts(errors=sum(1 for result in results if result.problem))
    print(f" {total} in {seconds:.2f}s ".center(80, "="), flush=True)
    return 1 if failed else 0
