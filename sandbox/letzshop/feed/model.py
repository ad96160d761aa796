"""One model of the merchant's new collection."""

from __future__ import annotations

from typing import NamedTuple


class Model(NamedTuple):
    """What the rows of one product are made from, names in English, French and German.

    :param colors: keys of `COLORS`; empty for a product of one colour.
    :param sizes: empty for a product of one size.
    :param step: what each further size costs more.
    """

    path: str
    tax_rate: int
    price: str
    brand: str
    names: tuple[str, str, str]
    texts: tuple[str, str, str]
    colors: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    step: str = "0"
    sale_price: str = ""
    material: str = ""
