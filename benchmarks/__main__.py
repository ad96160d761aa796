"""`make bench`: run the benchmarks and print what they found.

python -m benchmarks [--quick] [--part PART]
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any

from benchmarks import report
from benchmarks.bench import QUICK, Bench, Sizes
from benchmarks.report import Section
from benchmarks.sections import PARTS
from tools import environment, postgres, settings, templates
from tools.database import Databases
from tools.problems import Problem
from tools.shell import say


def main() -> int:
    """Run the parts, and print table and JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small numbers, for trying")
    parser.add_argument("--part", action="append", choices=PARTS, help="only these")
    given = parser.parse_args()
    try:
        return _run(QUICK if given.quick else Sizes(), given.part or list(PARTS))
    except Problem as problem:
        say(str(problem))
    return 1


def _run(sizes: Sizes, parts: Sequence[str]) -> int:
    prepared = environment.prepare(settings.from_environment())
    sections: list[Section] = []
    details: dict[str, Any] = {"processors": os.cpu_count()}
    with (
        postgres.in_use(prepared.settings) as server,
        templates.in_use(prepared, Databases(server, prepared.settings.data)) as template,
    ):
        bench = Bench(prepared, server, template, sizes)
        for part in parts:
            found, details[part] = PARTS[part](bench)
            sections.extend(found)
    print(report.table(sections))
    print(f"\n{report.as_json(sections, details)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
