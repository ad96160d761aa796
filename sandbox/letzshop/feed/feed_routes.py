"""Feeds and pictures over HTTP."""

from __future__ import annotations

import re

from ...http.http_error import HttpError
from ...http.reply import Reply
from ...http.request import Request
from ..shop import VENDORS, Shop
from .feed_writer import LANGUAGES, feed
from .picture import picture

FEEDS, PICTURES = "/feeds/", "/pictures/"
_PICTURE = re.compile(r"[A-Za-z0-9-]+\.png")


class FeedRoutes:
    """Serves `/feeds/<language>.csv` and `/pictures/<name>.png`."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def handle(self, request: Request) -> Reply:
        """Answer one request."""
        if request.path.startswith(PICTURES):
            return self._picture(request.path.removeprefix(PICTURES))
        language, _dot, ending = request.path.removeprefix(FEEDS).partition(".")
        if language not in LANGUAGES or ending != "csv":
            raise HttpError(404, "There are /feeds/en.csv, /feeds/fr.csv and /feeds/de.csv.")
        with self._shop.lock:
            articles = self._shop.catalogue([request.query.get("vendor", VENDORS[0])])
        pictures = f"http://{request.headers.get('host', '')}/pictures"
        body = feed(articles, language, pictures).encode()
        return Reply(body=body, content_type="text/csv; charset=utf-8")

    @staticmethod
    def _picture(name: str) -> Reply:
        if not _PICTURE.fullmatch(name):
            raise HttpError(404, "Pictures are called <name>.png.")
        return Reply(body=picture(name.removesuffix(".png")), content_type="image/png")
