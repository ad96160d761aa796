"""Pages of orders, as a job takes them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from .order_data import OrderPage

#: Longest time after which what was read is handed over, changed or not.
MERGE_SECONDS = 2.0


def merge_unchanged(
    pages: Iterable[OrderPage],
    seconds: float = MERGE_SECONDS,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[OrderPage]:
    """The same pages, where those on which nothing has changed come as one.

    A job commits after each page, and most pages of most runs hold nothing new.

    :param seconds: unchanged pages are handed over when they were collected for so long.
    """
    collected: OrderPage | None = None
    began = 0.0
    for page in pages:
        if page.orders or page.problems:
            if collected is not None:
                yield collected
                collected = None
            yield page
            continue
        if collected is None:
            collected, began = page, clock()
        else:
            collected = OrderPage(
                orders=(),
                cursor=page.cursor,
                unchanged=collected.unchanged + page.unchanged,
                complete=collected.complete and page.complete,
            )
        if clock() - began >= seconds:
            yield collected
            collected = None
    if collected is not None:
        yield collected
