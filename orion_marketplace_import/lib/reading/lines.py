"""Lines of a text that may be without end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class OverlongLine(str):
    """The beginning of a line that is longer than any row can be; the rest is left out."""

    __slots__ = ()


def split_lines(texts: Iterable[str], terminator: str, limit: int) -> Iterator[str]:
    """The lines of `texts`, without `terminator`, and without the ``\\r`` before a ``\\n``.

    :param limit: characters; of a longer line only the beginning is kept.
    """
    rest, is_overlong = "", False
    for text in texts:
        *lines, tail = (rest + text).split(terminator)
        if is_overlong:
            if not lines:
                continue
            lines.pop(0)
            is_overlong = False
        for line in lines:
            if len(line) > limit:
                yield OverlongLine(line[:limit])
            else:
                yield line[:-1] if line.endswith("\r") else line
        rest = tail
        if len(rest) > limit:
            yield OverlongLine(rest[:limit])
            rest, is_overlong = "", True
    if rest and not is_overlong:
        yield rest[:-1] if rest.endswith("\r") else rest


def terminator_of(sample: str) -> str:
    """What ends the lines: ``\\r`` only where there is no ``\\n`` (old Macintosh)."""
    return "\r" if "\r" in sample and "\n" not in sample else "\n"
