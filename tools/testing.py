"""`make test`: what needs no database, the addons in Odoo, and the whole ways."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from tools import addons, browser, lib_tree, log_check, outcome, postgres, templates
from tools.configuration import write_configuration
from tools.database import Databases
from tools.environment import Environment
from tools.outcome import Counts, Result
from tools.postgres import Postgres
from tools.problems import Problem
from tools.settings import REPOSITORY
from tools.shell import say

#: pytest's code for "no test was chosen".
_NOTHING_CHOSEN = 5
#: Parts that look at screens.
_WITH_SCREENS = {"odoo", "ways"}
#: Parts that take long, and that use nothing of each other.
_SIDE_BY_SIDE = {"odoo", "ways"}
#: Tests beside the addons that need no database.
_PLAIN = (
    "tests/test_sandbox*.py",
    "tests/test_tools*.py",
    "tests/test_translations.py",
    "sandbox/**/test_*.py",
)

_Part = Callable[[Environment, Sequence[str]], Result]


def run(environment: Environment, arguments: Sequence[str]) -> int:
    """Run the tests, print a summary, and answer 1 when any failed.

    :param arguments: names of parts; none for all. After `--` come options for pytest.
    """
    parts = {"plain": _plain, "odoo": _odoo, "ways": _ways}
    chosen, options = _split(arguments, parts)
    if set(chosen) & _WITH_SCREENS:
        browser.warm_up()
    started = time.monotonic()
    if set(chosen) >= _SIDE_BY_SIDE:
        results = _side_by_side(environment, options, chosen, parts)
    else:
        results = [_in_turn(environment, options, name, parts[name]) for name in chosen]
    if not options:
        results = [outcome.with_tests(result) for result in results]
    return outcome.summary(results, time.monotonic() - started)


def _in_turn(environment: Environment, options: Sequence[str], name: str, part: _Part) -> Result:
    say(f"\n=== {name} ===")
    return part(environment, options)


def _side_by_side(
    environment: Environment,
    options: Sequence[str],
    chosen: Sequence[str],
    parts: Mapping[str, _Part],
) -> list[Result]:
    """The Odoo part beside the others, because each keeps about one core busy; it is heard of
    when the others are through."""
    output = environment.settings.logs / "test-odoo.out"
    with ThreadPoolExecutor(1) as beside:
        odoo = beside.submit(_odoo, environment, options, output)
        results = {
            name: _in_turn(environment, options, name, parts[name])
            for name in chosen
            if name != "odoo"
        }
        results["odoo"] = odoo.result()
    say(f"\n=== odoo ===\n{output.read_text(errors='replace')}")
    return [results[name] for name in chosen]


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


def _plain(environment: Environment, options: Sequence[str]) -> Result:
    """Libs, sandbox and tools, where neither Odoo nor a database can be found."""
    tree = lib_tree.build(environment.settings, "tests")
    files = sorted(tree.glob("odoo/addons/*/tests/test_lib_*.py"))
    files += sorted(path for pattern in _PLAIN for path in REPOSITORY.glob(pattern))
    command = ["-p", "no:odoo", *map(str, files), *options]
    return _pytest(environment, "plain", command, {"PYTHONPATH": str(tree)})


def _odoo(environment: Environment, options: Sequence[str], output: Path | None = None) -> Result:
    """The addons' own tests, in a copy of a database that has them installed.

    :param output: where pytest writes; none for the terminal
    """
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
        result = _pytest(environment, "odoo", command, server.environment, output)
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
    environment: Environment,
    part: str,
    arguments: Sequence[str],
    variables: Mapping[str, str],
    output: Path | None = None,
) -> Result:
    settings = environment.settings
    report = settings.logs / f"test-{part}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    started = time.monotonic()
    command: list[str | Path] = [
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
    ]
    variables = {
        **os.environ,
        "ORION_CACHE": str(settings.cache),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(settings.cache / "hypothesis"),
        **variables,
    }
    with ExitStack() as stack:
        writer = stack.enter_context(output.open("w")) if output else None
        code = subprocess.run(
            command,
            cwd=REPOSITORY,
            check=False,
            env=variables,
            stdout=writer,
            stderr=subprocess.STDOUT if writer else None,
        ).returncode
    counts = outcome.counts_of(report)
    problem = ""
    if code not in {0, _NOTHING_CHOSEN} and not (counts.failed or counts.errors):
        problem = f"pytest ended with code {code}"
    elif browser.is_required() and outcome.without_browser(report):
        problem = "a test was skipped because its browser did not start"
    details = outcome.details_of(report)
    return Result(part, counts, time.monotonic() - started, problem, details)


def _with_clean_log(result: Result, check: Callable[[], None]) -> Result:
    try:
        check()
    except Problem as problem:
        say(f"\n{problem}")
        lines = tuple(str(problem).split("\n\n")[1:])
        return replace(
            result,
            problem="unexpected lines in Odoo's log",
            details=(*result.details, *(line.replace("\n", " | ") for line in lines)),
        )
    return result
