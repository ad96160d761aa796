"""Finds in Odoo's log what nobody expected."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.problems import Problem

ALLOW_FILE = Path(__file__).with_name("odoo_log_allow.txt")
_SEPARATOR = " || "
_SHOWN, _SHOWN_LENGTH = 10, 4000
_RECORD = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ (?P<level>[A-Z]+) \S+ (?P<rest>.*)", re.DOTALL
)
_BAD_LEVELS = frozenset({"WARNING", "ERROR", "CRITICAL"})


@dataclass(frozen=True)
class Allowed:
    """What may stand in a log, and why it is harmless."""

    pattern: re.Pattern[str]
    reason: str


def allowed_by(path: Path = ALLOW_FILE) -> list[Allowed]:
    """Read an allow-list: on each line a regular expression, two bars and a reason.

    The expression is looked for in `logger: message` and the traceback below it.
    """
    entries = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        pattern, separator, reason = line.partition(_SEPARATOR)
        if not separator or not reason.strip():
            raise Problem(f"Line {number} of {path} gives no reason: add one behind `||`.")
        entries.append(Allowed(re.compile(pattern.strip(), re.DOTALL), reason.strip()))
    return entries


def unexpected(path: Path, allowed: Iterable[Allowed] | None = None) -> list[str]:
    """Warnings and errors in the log `path` that no entry of the allow-list covers."""
    if not path.exists():
        return []
    entries = allowed_by() if allowed is None else list(allowed)
    found = []
    for text in records(path.read_text(encoding="utf-8", errors="replace").splitlines()):
        match = _RECORD.match(text)
        if not match or match["level"] not in _BAD_LEVELS:
            continue
        if not any(entry.pattern.search(match["rest"]) for entry in entries):
            found.append(text)
    return found


def records(lines: Iterable[str]) -> Iterator[str]:
    """Join the lines of a log into records: a line without a time continues the one before."""
    current: list[str] = []
    for line in lines:
        if _RECORD.match(line) and current:
            yield "\n".join(current)
            current = []
        current.append(line)
    if current:
        yield "\n".join(current)


def demand_clean(paths: Iterable[Path]) -> None:
    """Check logs.

    :raises Problem: with the first of the unexpected records, when there are any.
    """
    found = [text for path in paths for text in unexpected(path)]
    if found:
        shown = "\n\n".join(text[:_SHOWN_LENGTH] for text in found[:_SHOWN])
        raise Problem(
            f"Odoo logged {len(found)} warnings or errors that nobody expects; mend their cause "
            f"(or, if harmless, give a reason in tools/{ALLOW_FILE.name}):\n\n{shown}"
        )
