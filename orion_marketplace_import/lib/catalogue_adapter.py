"""The role a channel plays for its catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar, Protocol

from .product_data import ProductData
from .reading.columns import ChannelColumns

#: Name of the role, as given to ``orion.channel._adapter_class``.
ROLE = "catalogue"


class FeedFormat(Protocol):
    """The file in which a marketplace takes products: its columns and its words.

    It needs neither key nor connection, so writing a feed works also where calls are paused.
    """

    #: Header of the file.
    columns: ClassVar[tuple[str, ...]]
    #: ISO 639-1 codes; there is one file for each.
    languages: ClassVar[tuple[str, ...]]
    #: One character.
    delimiter: ClassVar[str]
    media_type: ClassVar[str]
    #: ISO 4217; prices are converted to it. Empty: that of the company.
    currency: ClassVar[str]
    #: Percents the marketplace knows; empty: any.
    tax_rates: ClassVar[frozenset[Decimal]]
    #: Columns that only this marketplace has, for reading its feeds.
    channel_columns: ClassVar[ChannelColumns]

    def filename(self, code: str) -> str:
        """Name of the file of the store `code` (letters, digits, dashes)."""
        ...

    def row(self, product: ProductData) -> Sequence[str]:
        """The product's cells in the order of `columns`."""
        ...


class CatalogueAdapter(Protocol):
    """Reads and writes the products of a channel."""

    #: How the channel takes products as a file.
    feed_format: ClassVar[FeedFormat]
