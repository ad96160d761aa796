"""Makes up the price list."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

from ...gtin import with_check_digit, with_wrong_check_digit
from ..records.price_band import PriceBand
from ..records.product import Product
from .names import DEVELOPERS, EDITIONS, FIRST, LANGUAGES, PLATFORMS, REGIONS, SECOND

#: Products that the vendor's old samples name, with what is special about each.
KNOWN: tuple[tuple[str, dict[str, object]], ...] = (
    ("6313677f-5219-47e4-a067-7401f55c5a3a", {"name": "Iron Harbour (Demo)"}),
    ("ffe2274d-5469-4b0f-b57b-f8d21b09c24c", {"name": "Velvet Orchard (Demo)", "kind": "image"}),
    ("33e3e81d-2b78-475a-8886-9848116f5133", {"name": "Solar Voyage (Demo)", "is_preorder": True}),
    ("04aeaf1e-f7b5-4ba9-ba19-91003a04db0a", {"name": "Golden Empire (Demo)", "is_poor": True}),
)
ORDINARY, IMAGE, PREORDER, POOR = (product_id for product_id, _special in KNOWN)


def make_products(count: int, seed: int, now: datetime) -> Iterator[Product]:
    """`count` products, the known ones first; all changed within the past year."""
    rng = random.Random(f"{seed} products")
    for number in range(count):
        product = _product(number, rng, now)
        if number < len(KNOWN):
            product.id, special = KNOWN[number]
            product.quantity, product.regions, product.kind = 500, ("WORLDWIDE",), "text"
            product.platform, product.eans = "Steam", (_ean(number),)
            for name, value in special.items():
                setattr(product, name, value)
            if product.is_preorder:
                product.quantity, product.released = 0, now + timedelta(days=40)
        yield product


def _product(number: int, rng: random.Random, now: datetime) -> Product:
    updated = now - timedelta(seconds=rng.randrange(60, 365 * 86400))
    title = f"{rng.choice(FIRST)} {rng.choice(SECOND)}{rng.choice(EDITIONS)}"
    platform = rng.choice(PLATFORMS)
    return Product(
        id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        identifier=f"CW{number:06d}",
        name=f"{title} {platform} {number}",
        platform=platform,
        regions=(rng.choice(REGIONS),),
        languages=(rng.choice(LANGUAGES),),
        quantity=rng.choice((0, 0, 3, 12, 40, 150, 900)),
        bands=_bands(rng.randrange(149, 5999)),
        released=updated - timedelta(days=rng.randrange(10, 2000)),
        updated=updated,
        created=updated - timedelta(days=rng.randrange(1, 900)),
        sequence=number,
        eans=_eans(number, rng),
        kind=rng.choices(("text", "image"), (92, 8))[0],
        category=rng.choice(("Game", "Game", "Game", "DLC", "Gift card", "Software")),
        developer=rng.choice(DEVELOPERS),
    )


def _bands(cents: int) -> tuple[PriceBand, ...]:
    return (
        PriceBand(1, 9, cents),
        PriceBand(10, 99, cents - cents // 50),
        PriceBand(100, None, cents - cents // 20),
    )


def _eans(number: int, rng: random.Random) -> tuple[str, ...]:
    """None, one, several, or one that is wrong, as in the wild."""
    kind = rng.randrange(10)
    if kind < 4:
        return ()
    if kind == 4:
        return (with_wrong_check_digit(_ean(number)),)
    return (_ean(number), "n/a") if kind == 5 else (_ean(number),)


def _ean(number: int) -> str:
    return with_check_digit(f"590{number:09d}")
