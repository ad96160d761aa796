"""Several pages at once: what one transaction stages."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from odoo.addons.orion_base.lib.errors import InvalidAnswer
from odoo.addons.orion_base.lib.sentence import Sentences
from odoo.addons.orion_marketplace_import.lib.product_data import ProductData

from .catalogue import ItemProblem
from .catalogue_adapter import CodesWholesaleCatalogueAdapter, TokenGone

_lt = Sentences(__name__)

#: A batch ends behind the page that brings it to so many products, or so many seconds.
MOST_PRODUCTS = 2500
MOST_SECONDS = 3.0
#: How often a run begins anew because its continuation token was lost.
MOST_RESTARTS = 2


@dataclass(frozen=True, slots=True)
class Batch:
    """Products of some pages, each id once.

    :param token: where the next batch begins; None behind the last page.
    :param restarts: how often the list had to be read from its start.
    """

    products: list[ProductData]
    withdrawn: list[str]
    problems: list[ItemProblem]
    token: str | None
    restarts: int


def read_batch(
    adapter: CodesWholesaleCatalogueAdapter,
    since: datetime | None,
    token: str | None,
    restarts: int = 0,
    clock: Callable[[], float] = time.monotonic,
) -> Batch:
    """Read pages until there is enough for a transaction; nothing is held meanwhile.

    :raises InvalidAnswer: the continuation token was lost again and again.
    """
    products: dict[str, ProductData] = {}
    withdrawn: dict[str, None] = {}
    problems: list[ItemProblem] = []
    deadline = clock() + MOST_SECONDS
    while True:
        try:
            page = adapter.page(since, token)
        except TokenGone:
            restarts += 1
            if restarts > MOST_RESTARTS:
                break
            token = None
            continue
        for product in page.mapped.products:
            products[product.external_id] = product
            withdrawn.pop(product.external_id, None)
        for external_id in page.mapped.withdrawn:
            withdrawn[external_id] = None
            products.pop(external_id, None)
        problems += page.mapped.problems
        token = page.token
        if token is None or len(products) >= MOST_PRODUCTS or clock() >= deadline:
            return Batch(list(products.values()), list(withdrawn), problems, token, restarts)
    raise InvalidAnswer(_lt("CodesWholesale loses its place in the list again and again."))
