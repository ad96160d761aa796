"""Counts queries, and says whose they are."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from odoo.sql_db import Cursor

_MARK = "/addons/"
_OURS = "orion_"


@dataclass
class QueryCount:
    """Queries by the module whose code asked for them, and by its place.

    The code that asked is the nearest function on the stack that belongs to a module; what
    lies below it, Odoo's ORM, belongs to nobody.
    """

    modules: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """All queries."""
        return sum(self.modules.values())

    @property
    def ours(self) -> int:
        """Those of the suite's own addons."""
        return sum(count for name, count in self.modules.items() if name.startswith(_OURS))

    def note(self, frame: Any) -> None:
        """Count one query, asked for from this frame."""
        while frame is not None:
            module = _module(frame.f_code.co_filename)
            if module:
                self.modules[module] += 1
                self.places[f"{module}:{frame.f_code.co_name}"] += 1
                return
            frame = frame.f_back
        self.modules["odoo"] += 1


def _module(filename: str) -> str | None:
    """Name of the module a file lies in, or None."""
    for part in filename.split("/"):
        if part.startswith(_OURS):
            return part
    _before, mark, rest = filename.rpartition(_MARK)
    return rest.split("/")[0] if mark else None


@contextmanager
def counting() -> Iterator[QueryCount]:
    """Count the queries of all cursors of this process."""
    count = QueryCount()
    original = Cursor.execute

    def execute(self: Cursor, *args: Any, **kwargs: Any) -> Any:
        count.note(sys._getframe(1))
        return original(self, *args, **kwargs)

    Cursor.execute = execute
    try:
        yield count
    finally:
        Cursor.execute = original
