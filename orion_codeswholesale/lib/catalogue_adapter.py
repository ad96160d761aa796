"""Reads the price list of CodesWholesale, page by page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from odoo.addons.orion_base.lib.connection import ChannelConnection

from .catalogue import Description, MappedPage, map_description, map_page, utc_now
from .client import CodesWholesaleClient
from .refusals import RefusedRequest


class TokenGone(Exception):
    """A continuation token is not known any more: the list is read from its start."""


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """A page, mapped.

    :param token: of the next page; None behind the last one.
    """

    mapped: MappedPage
    token: str | None


class CodesWholesaleCatalogueAdapter:
    """Plays the role `catalogue`: a price list that is read; no feed is written for it."""

    def __init__(
        self, connection: ChannelConnection, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._client = CodesWholesaleClient(connection)
        self._now = now

    def page(self, since: datetime | None, token: str | None) -> CataloguePage:
        """A page of what has changed since then, or of everything.

        :raises TokenGone: the token is not known any more.
        """
        try:
            page = self._client.products(since, token)
        except RefusedRequest as error:
            if token and error.refusal.status in (400, 404):
                raise TokenGone from error
            raise
        return CataloguePage(map_page(page.items, self._now()), page.token)

    def description(self, product_id: str, locale: str) -> Description:
        """Texts and article numbers of a product.

        :param locale: ISO 639-1.
        """
        return map_description(self._client.description(product_id, locale))
