"""What Letzshop takes of a catalogue: a file that it fetches itself."""

from __future__ import annotations

from typing import ClassVar

from odoo.addons.orion_marketplace_import.lib.catalogue_adapter import FeedFormat

from .feed_format import LetzshopFeedFormat


class LetzshopCatalogueAdapter:
    """Plays the role `catalogue`; Letzshop has no call that takes products or stock."""

    feed_format: ClassVar[FeedFormat] = LetzshopFeedFormat()

    def __init__(self, connection: object) -> None:
        del connection
