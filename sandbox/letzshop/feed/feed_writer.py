"""The merchant's products as Letzshop reads them: tab-separated, one file for each language."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from decimal import Decimal

from ...gtin import with_check_digit
from ..records.article import Article
from .collection import COLLECTION, COLORS
from .model import Model

LANGUAGES = ("en", "fr", "de")
COLUMNS = (
    "id", "title", "description", "link", "image_link", "availability", "price", "sale_price",
    "brand", "gtin", "mpn", "identifier_exists", "product_type", "item_group_id", "color", "size",
    "material", "atalanda:tax_rate", "atalanda:quantity", "shipping_weight",
)  # fmt: skip
_SHOP = "https://shop.example/p"
_COLOR_WORDS = frozenset({"blue", "grey", "red", "green", "black", "white"})


def feed(articles: Sequence[Article], language: str, pictures: str) -> str:
    """The whole file.

    :param articles: of the merchant, unlisted ones included.
    :param pictures: address of the folder of the pictures.
    """
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, delimiter="\t", restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(_books(articles, language, pictures))
    writer.writerows(_collection(language, pictures))
    return buffer.getvalue()


def _books(articles: Sequence[Article], language: str, pictures: str) -> Iterator[dict[str, str]]:
    """What the merchant sells already, and of what the books have forgotten every other one."""
    unlisted = [article for article in articles if not article.listed]
    forgotten = {id(article) for article in unlisted[1::2]}
    for article in articles:
        if id(article) not in forgotten and article.list_price and article.variant.sku:
            yield _article(article, language, pictures)


def _article(article: Article, language: str, pictures: str) -> dict[str, str]:
    variant, product = article.variant, article.variant.product
    names = product.name if product else None
    title = (names and (getattr(names, language) or names.fr or names.en)) or variant.sku or ""
    sku = variant.sku or ""
    option = _option(sku)
    group = product.permalink if product else sku
    kind = "color" if option.lower() in _COLOR_WORDS else "size"
    brand = product.brand.name if product and product.brand else None
    return {
        "id": sku,
        "title": f"{title} {option}".strip(),
        "description": title,
        "link": f"{_SHOP}/{sku}",
        "image_link": f"{pictures}/{group}.png",
        "availability": "in stock",
        "price": str(article.list_price),
        "brand": brand or "",
        "gtin": article.gtin or "",
        "mpn": variant.mpn or "",
        "identifier_exists": "" if article.gtin or variant.mpn else "false",
        "product_type": article.category,
        "atalanda:tax_rate": str(article.tax_rate),
        "atalanda:quantity": "25",
        "shipping_weight": f"{article.weight} kg",
        **({"item_group_id": group, kind: option} if option else {}),
    }


def _option(sku: str) -> str:
    """Size or colour of a variant: the third part of its SKU."""
    parts = sku.split("-", 2)
    return parts[2] if len(parts) == 3 else ""


def _collection(language: str, pictures: str) -> Iterator[dict[str, str]]:
    place = LANGUAGES.index(language)
    for number, model in enumerate(COLLECTION, 1):
        for count, (color, size) in enumerate(_variants(model)):
            price = Decimal(model.price) + Decimal(model.step) * _place(model.sizes, size)
            sku = "-".join(filter(None, (f"NEW{number:02d}", color.upper(), size.replace(" ", ""))))
            label = COLORS[color][0][place] if color else ""
            gtin = with_check_digit(f"54{number:05d}{count:05d}")
            yield {
                "id": sku,
                "title": " ".join(filter(None, (model.names[place], label, size))),
                "description": model.texts[place],
                "link": f"{_SHOP}/{sku}",
                "image_link": f"{pictures}/{color or f'new{number:02d}'}.png",
                "availability": "in stock",
                "price": f"{price:.2f}",
                "sale_price": model.sale_price,
                "brand": model.brand,
                "gtin": gtin,
                "product_type": model.path,
                "item_group_id": f"NEW{number:02d}" if color or size else "",
                "color": label,
                "size": size,
                "material": model.material if color or size else "",
                "atalanda:tax_rate": str(model.tax_rate),
                "atalanda:quantity": str(3 + (number * 7 + count) % 30),
                "shipping_weight": f"{0.2 + 0.15 * number:.2f} kg",
            }


def _variants(model: Model) -> Iterator[tuple[str, str]]:
    for color in model.colors or ("",):
        for size in model.sizes or ("",):
            yield color, size


def _place(sizes: Sequence[str], size: str) -> int:
    return sizes.index(size) if size else 0
