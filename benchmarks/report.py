"""What was measured, beside what was aimed at: a table for people, a line of JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Line:
    """One number.

    :ivar least, most: what it should be; None where it is for information
    """

    what: str
    value: float
    unit: str = ""
    least: float | None = None
    most: float | None = None

    @property
    def aim(self) -> str:
        """The aim in words; empty where there is none."""
        if self.least is not None:
            return f"at least {self.least:,g}"
        return f"at most {self.most:,g}" if self.most is not None else ""

    @property
    def is_met(self) -> bool | None:
        """Whether the aim is reached; None where there is none."""
        if self.least is not None:
            return self.value >= self.least
        return self.value <= self.most if self.most is not None else None


@dataclass(frozen=True)
class Section:
    """Numbers that belong together, with what has to be known to read them."""

    title: str
    lines: Sequence[Line]
    notes: Sequence[str] = ()


_MARKS = {True: "yes", False: "MISSED", None: ""}


def table(sections: Sequence[Section]) -> str:
    """The numbers as text."""
    width = max(len(line.what) for section in sections for line in section.lines)
    parts = []
    for section in sections:
        parts.append(f"\n{section.title}")
        parts.extend(
            f"  {line.what:<{width}}  {_number(line.value):>10} {line.unit:<8}"
            f"  {line.aim:<16} {_MARKS[line.is_met]}".rstrip()
            for line in section.lines
        )
        parts.extend(f"  ({note})" for note in section.notes)
    return "\n".join(parts)


def as_json(sections: Sequence[Section], details: dict[str, Any]) -> str:
    """The same in one line, with the details behind it."""
    lines = [
        {"section": section.title, **asdict(line), "met": line.is_met}
        for section in sections
        for line in section.lines
    ]
    return json.dumps({"results": lines, "details": details})


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}"
