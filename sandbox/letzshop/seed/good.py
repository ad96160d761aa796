"""One entry of the merchant's assortment."""

from __future__ import annotations

from typing import NamedTuple


class Good(NamedTuple):
    """What an article is made from.

    :param kind: form of its trade number, see `number_maker`.
    :param options: sizes or colours, each a variant; empty for an article without.
    """

    category: str
    tax_rate: int
    price: str
    kind: str
    brand: str | None
    en: str | None
    fr: str | None
    de: str | None
    options: tuple[str, ...] = ()
    listed: bool = True
    age_limit: int | None = None
