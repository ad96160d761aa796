"""The price list, page by page."""

from __future__ import annotations

import base64
import binascii
import json
from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import datetime

from .records.product import Product
from .refusal import Refusal


class Catalogue:
    """Products in the order of their last change; callers hold the supplier's lock."""

    def __init__(self, products: Iterable[Product] = ()) -> None:
        self.products = {product.id: product for product in products}
        self._sorted: list[Product] | None = None

    def changed(self, product: Product, now: datetime) -> None:
        """Note that `product` has changed."""
        product.updated = now
        self._sorted = None

    def add(self, product: Product) -> None:
        """Take in a product."""
        self.products[product.id] = product
        self._sorted = None

    def page(
        self,
        size: int,
        since: datetime | None,
        token: str,
        *,
        with_withdrawn: bool,
        is_wanted: Callable[[Product], bool] = lambda product: True,
    ) -> tuple[list[Product], str | None]:
        """A page of what is listed, and the token of the next one.

        :param since: only what changed later; the token keeps it.
        :param with_withdrawn: what has left the list comes among the changes.
        :param is_wanted: whether the question is for a product.
        """
        ordered = self._by_change()
        first, since = self._start(ordered, since, token)
        found: list[Product] = []
        for place in range(first, len(ordered)):
            product = ordered[place]
            is_shown = product.is_listed or (since is not None and with_withdrawn)
            if not (is_shown and is_wanted(product)):
                continue
            if len(found) == size:
                return found, _token(found[-1], since)
            found.append(product)
        return found, None

    def _start(
        self, ordered: list[Product], since: datetime | None, token: str
    ) -> tuple[int, datetime | None]:
        if token:
            last, since = _read_token(token)
            return bisect_right(ordered, last, key=lambda one: one.changed_key), since
        if since is None:
            return 0, None
        return bisect_right(ordered, since, key=lambda one: one.updated), since

    def _by_change(self) -> list[Product]:
        if self._sorted is None:
            self._sorted = sorted(self.products.values(), key=lambda one: one.changed_key)
        return self._sorted


def _token(last: Product, since: datetime | None) -> str:
    content = [last.updated.isoformat(), last.sequence, since.isoformat() if since else None]
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


def _read_token(token: str) -> tuple[tuple[datetime, int], datetime | None]:
    try:
        updated, sequence, since = json.loads(base64.urlsafe_b64decode(token))
        last = datetime.fromisoformat(updated), int(sequence)
        return last, datetime.fromisoformat(since) if since else None
    except (ValueError, TypeError, binascii.Error) as error:
        raise Refusal(400, 40001, "Continuation token is not valid") from error
