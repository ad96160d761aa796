"""The merchant's articles."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from ..records.article import Article
from ..records.brand import Brand
from ..records.product import Product
from ..records.translated_string import TranslatedString
from ..records.variant import Variant
from .good import Good
from .goods import GOODS
from .id_maker import IdMaker
from .number_maker import NumberMaker


class CatalogueMaker:
    """Makes articles from the assortment.

    :param prefix: begins every SKU.
    """

    def __init__(self, ids: IdMaker, seed: int, prefix: str = "") -> None:
        self._ids = ids
        self._prefix = prefix
        self._numbers = NumberMaker(seed)
        self._count = 0

    def make(self) -> list[Article]:
        """Every article, those outside the merchant's catalogue included."""
        return [article for good in GOODS for article in self._articles(good)]

    def _articles(self, good: Good) -> list[Article]:
        product = self._product(good)
        options = good.options or ("",)
        return [self._article(good, product, place, option) for place, option in enumerate(options)]

    def _product(self, good: Good) -> Product:
        title = good.en or good.fr or ""
        plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
        brand = Brand(name=good.brand) if good.brand else Brand(id=self._ids.hash_id())
        return Product(
            id=self._ids.hash_id(),
            name=TranslatedString(en=good.en, fr=good.fr, de=good.de),
            permalink=re.sub(r"[^a-z0-9]+", "-", plain).strip("-"),
            brand=brand,
            age_limit=good.age_limit,
        )

    def _article(self, good: Good, product: Product, place: int, option: str) -> Article:
        self._count += 1
        trade_id, gtin = self._numbers.make(good.kind)
        variant = Variant(
            id=self._ids.hash_id(),
            sku=self._sku(good, option),
            mpn=f"MPN-{self._count:04d}" if self._count % 3 == 0 else None,
            price=Decimal(good.price) + 4 * place,
            trade_id=trade_id,
            product=product,
        )
        return Article(
            variant=variant,
            gtin=gtin,
            tax_rate=good.tax_rate,
            category=good.category,
            weight=Decimal(self._count * 37 % 900 + 50) / 1000,
            listed=good.listed,
        )

    def _sku(self, good: Good, option: str) -> str:
        stem = f"{self._prefix}{good.category[:3].upper()}-{self._count:04d}"
        return f"{stem}-{option.replace(' ', '').upper()}" if option else stem
