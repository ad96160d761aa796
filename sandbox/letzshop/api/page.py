"""One page of a relay connection."""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from graphql import GraphQLError

from ...http.fault import Fault
from ..settings import Settings

Node = TypeVar("Node")


@dataclass(frozen=True, slots=True)
class Page(Generic[Node]):
    """Nodes with their cursors, and whether there are more on either side."""

    nodes: Sequence[Node]
    cursors: Sequence[str]
    has_next_page: bool
    has_previous_page: bool

    @property
    def page_info(self) -> Page[Node]:
        """The page itself: it knows all that is asked."""
        return self

    @property
    def start_cursor(self) -> str | None:
        """Cursor of the first node."""
        return self.cursors[0] if self.cursors else None

    @property
    def end_cursor(self) -> str | None:
        """Cursor of the last node."""
        return self.cursors[-1] if self.cursors else None

    @property
    def edges(self) -> list[dict[str, object]]:
        """Nodes and cursors side by side."""
        return [
            {"node": node, "cursor": cursor}
            for node, cursor in zip(self.nodes, self.cursors, strict=True)
        ]


def cut_page(
    items: Sequence[Node],
    rank: Callable[[Node], int],
    arguments: Mapping[str, object],
    settings: Settings,
    faults: Mapping[str, Fault],
) -> Page[Node]:
    """The part of `items` that the relay arguments ask for.

    :param rank: a number that rises along `items` and never changes for one of them.
    """
    start, end = _window(items, rank, arguments)
    after = arguments.get("after")
    shifted = isinstance(after, str)
    if shifted and "shift_pages" in faults:
        start = min(end, start + int(faults["shift_pages"].number("count", 1)))
    if shifted and "duplicate_page" in faults:
        start = max(0, start - int(faults["duplicate_page"].number("count", 1)))
    low, high = _limit(start, end, arguments, settings)
    nodes = items[low:high]
    places = range(low + 1, high + 1) if settings.offset_cursors else map(rank, nodes)
    mark = "o" if settings.offset_cursors else "r"
    cursors = [_encode(mark, place) for place in places]
    stuck = "stuck_cursor" in faults
    if stuck and cursors and isinstance(after, str):
        cursors[-1] = after
    return Page(nodes, cursors, stuck or high < len(items), low > 0)


def _window(
    items: Sequence[Node], rank: Callable[[Node], int], arguments: Mapping[str, object]
) -> tuple[int, int]:
    """Places between the cursors `after` and `before`."""
    start, end = 0, len(items)
    after, before = arguments.get("after"), arguments.get("before")
    if isinstance(after, str):
        mark, place = _decode(after)
        start = place if mark == "o" else bisect_right(items, place, key=rank)
    if isinstance(before, str):
        mark, place = _decode(before)
        end = place - 1 if mark == "o" else bisect_left(items, place, key=rank)
    return min(start, len(items)), max(start, end)


def _limit(
    start: int, end: int, arguments: Mapping[str, object], settings: Settings
) -> tuple[int, int]:
    """Places of the page itself."""
    first, last = arguments.get("first"), arguments.get("last")
    for size in (first, last):
        if isinstance(size, int) and size < 0:
            raise GraphQLError("first and last can not be negative")
    if isinstance(last, int) and not isinstance(first, int):
        return max(start, end - min(last, settings.page_cap)), end
    size = first if isinstance(first, int) else settings.page_default
    high = min(end, start + min(size, settings.page_cap))
    low = max(start, high - last) if isinstance(last, int) else start
    return low, high


def _encode(mark: str, place: int) -> str:
    return base64.urlsafe_b64encode(f"{mark}{place}".encode()).decode().rstrip("=")


def _decode(cursor: str) -> tuple[str, int]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        return text[0], int(text[1:])
    except (binascii.Error, UnicodeError, ValueError, IndexError) as error:
        raise GraphQLError(f"Invalid cursor: {cursor}") from error
