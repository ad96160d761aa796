"""Whose a value is: the feed's as long as nobody has changed it in Odoo, from then on the store's.

Three values decide: what stands in Odoo (`current`), what was published last (`published`), and
what the feed says now (`wanted`).
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

_EMPTY: tuple[Any, ...] = (None, False, "", 0, 0.0, [], {})


def to_write(
    current: Mapping[str, Any], published: Mapping[str, Any], wanted: Mapping[str, Any]
) -> dict[str, Any]:
    """The values of `wanted` that are written.

    What was never published fills an empty place only; what was is written where the feed has
    changed it and the store has not.
    """
    return {
        name: value
        for name, value in wanted.items()
        if _is_the_feeds(name, current.get(name), published)
        and not _same(value, published.get(name))
        and not _same(value, current.get(name))
    }


def kept_by_store(current: Mapping[str, Any], published: Mapping[str, Any]) -> list[str]:
    """Names of published values that the store has changed since."""
    return [name for name in published if not _is_the_feeds(name, current.get(name), published)]


def _is_the_feeds(name: str, current: Any, published: Mapping[str, Any]) -> bool:
    if name not in published:
        return current in _EMPTY
    return _same(current, published[name])


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return abs(one - other) < 1e-6
    if one in _EMPTY and other in _EMPTY:
        return True
    return bool(one == other)


def text_digest(text: str) -> str:
    """What is kept of a published text: enough to see whether it was changed."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def texts_to_write(
    current: Mapping[str, str], published: Mapping[str, str], wanted: Mapping[str, str]
) -> dict[str, str]:
    """The same for a text in several languages; `published` holds digests.

    A language that nothing was published in yet follows the feed where the product has no text
    of its own in it.
    """
    digests = {code: text_digest(text) for code, text in current.items() if text}
    wanted_digests = {code: text_digest(text) for code, text in wanted.items()}
    codes = to_write(digests, published, wanted_digests)
    return {code: wanted[code] for code in codes}
