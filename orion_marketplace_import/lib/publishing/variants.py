"""Variants of one product: what they have in common, and what tells them apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

from ..product_data import VARIANT_FIELDS

_Key = TypeVar("_Key")
#: The value of a variant that its feed gives none for.
NO_VALUE = "—"
#: Prices differ by size more often than by anything else.
_PRICE_ORDER = ("size", "material", "age_group", "gender", "pattern", "color")
_SHORTEST_TITLE = 3


def kinds_of(values: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    """The fields that at least one variant of a group has a value of."""
    found = {name for each in values for name in each}
    return tuple(name for name in VARIANT_FIELDS if name in found)


def combination(values: Mapping[str, str], kinds: Sequence[str]) -> dict[str, str]:
    """A value of each kind, `NO_VALUE` where the variant has none."""
    return {kind: values.get(kind) or NO_VALUE for kind in kinds}


def common_title(titles: Sequence[str]) -> str:
    """The words with which the titles of all variants begin, else the first title."""
    words = [title.split() for title in titles if title.strip()]
    if not words:
        return ""
    common = []
    for place in zip(*words, strict=False):
        if len(set(place)) > 1:
            break
        common.append(place[0])
    title = " ".join(common).rstrip(" -–—,;:/|(")
    return title if len(title) >= _SHORTEST_TITLE else " ".join(words[0])


def price_extras(
    variants: Sequence[tuple[_Key, Mapping[str, str], Decimal]],
) -> tuple[Decimal, dict[tuple[str, str], Decimal], set[_Key]]:
    """Prices of variants as Odoo keeps them: a price, and what each value costs more.

    :param variants: `(key, value by kind, price)`; the first one's price is that of the product
    :return: that price, `{(kind, value): extra}`, and the keys of those whose price is no such sum
    """
    if not variants:
        return Decimal(0), {}, set()
    base = variants[0][2]
    extras: dict[tuple[str, str], Decimal] = {}
    odd = set()
    for key, values, price in _few_new_values_first(variants):
        pairs = sorted(values.items(), key=_likeliest_first)
        fresh = [pair for pair in pairs if pair not in extras]
        difference = price - base - sum(extras.get(pair, Decimal(0)) for pair in pairs)
        for place, pair in enumerate(fresh):
            extras[pair] = difference if place == 0 and extras else Decimal(0)
        if not fresh and difference:
            odd.add(key)
    return base, extras, odd


def _likeliest_first(pair: tuple[str, str]) -> tuple[int, str]:
    kind = pair[0]
    return (_PRICE_ORDER.index(kind) if kind in _PRICE_ORDER else len(_PRICE_ORDER), kind)


def _few_new_values_first(
    variants: Sequence[tuple[_Key, Mapping[str, str], Decimal]],
) -> Iterable[tuple[_Key, Mapping[str, str], Decimal]]:
    """One that brings a single new value says what that value costs; so these go first."""
    left = list(variants)
    seen: set[tuple[str, str]] = set()
    while left:
        place = (
            min(range(len(left)), key=lambda number: (_news(left[number][1], seen), number))
            if seen
            else 0
        )
        chosen = left.pop(place)
        seen.update(chosen[1].items())
        yield chosen


def _news(values: Mapping[str, str], seen: set[tuple[str, str]]) -> int:
    new = len(values.items() - seen)
    # without a new value it only checks what is known, and can wait
    return new or len(values) + 1
