"""Locks between processes, released by the system when a process dies."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock `path` alone; wait for whoever holds it."""
    with _opened(path) as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def shared(path: Path) -> Iterator[None]:
    """Hold the lock `path` together with others."""
    with _opened(path) as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield


@contextmanager
def if_unused(path: Path) -> Iterator[bool]:
    """Hold the lock `path` alone when nobody else holds it; never wait. Gives whether it did."""
    with _opened(path) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        yield handle
