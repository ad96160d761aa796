"""Products as lines of `COPY`, for the staging table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import compress
from types import MappingProxyType
from typing import Any

from .product_table import ProductTable

#: Fields of `ProductData` that are columns of the same name in the staging table.
PLAIN_COLUMNS = (
    "link",
    "image_link",
    "price",
    "sale_price",
    "currency",
    "availability",
    "condition",
    "brand",
    "gtin",
    "gtin_given",
    "mpn",
    "identifier_exists",
    "product_type",
    "google_product_category",
    "item_group_id",
    "color",
    "size",
    "gender",
    "age_group",
    "material",
    "pattern",
    "adult",
    "tax_rate",
    "quantity",
    "preorder_days",
    "weight",
    "is_digital",
    "platform",
)
#: Those that are kept as JSON.
JSON_COLUMNS = ("additional_image_links", "regions", "attributes")
_CONTENT = ("external_id", "title", "description", *PLAIN_COLUMNS, *JSON_COLUMNS)
COPY_COLUMNS = ("product_id", "row_digest", "digest", *_CONTENT)

#: Types of the temporary table where they are not text.
TYPES = {
    "product_id": "integer",
    "price": "numeric",
    "sale_price": "numeric",
    "tax_rate": "numeric",
    "weight": "numeric",
    "quantity": "integer",
    "preorder_days": "integer",
    "identifier_exists": "boolean",
    "adult": "boolean",
    "is_digital": "boolean",
    "additional_image_links": "jsonb",
    "regions": "jsonb",
    "attributes": "jsonb",
}
#: Stands between the cells of a row that is digested: the only character no cell can contain.
_SEPARATOR = "\x00"
_encode = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class StagedRows:
    """Products as they are copied.

    :param columns: texts in the order of the product's columns in `COPY_COLUMNS`.
    :param digests: equal for equal products, whatever the columns of their feed are.
    """

    columns: Sequence[Sequence[str]]
    digests: Sequence[str]

    @classmethod
    def of(cls, table: ProductTable) -> StagedRows:
        """The products as texts."""
        columns = [_as_texts(name, table) for name in _CONTENT]
        return cls(columns, [digest_of(row) for row in zip(*columns, strict=True)])

    @property
    def external_ids(self) -> Sequence[str]:
        """Of each product."""
        return self.columns[0]

    def kept(self, keep: Sequence[bool]) -> StagedRows:
        """Only those rows of which `keep` says so."""
        if all(keep):
            return self
        columns = [list(compress(column, keep)) for column in self.columns]
        return StagedRows(columns, list(compress(self.digests, keep)))

    def copy_text(
        self,
        row_digests: Mapping[str, str] = MappingProxyType({}),
        product_ids: Mapping[str, int] = MappingProxyType({}),
    ) -> io.StringIO:
        """What `COPY` reads: CSV in the order of `COPY_COLUMNS`; what is empty is NULL.

        :param row_digests: by external id, of rows as they stand in the file.
        :param product_ids: by external id, of the products that are staged already.
        """
        ids = self.external_ids
        further = (map(product_ids.get, ids), map(row_digests.get, ids), self.digests)
        buffer = io.StringIO()
        lines = csv.writer(buffer, lineterminator="\n")
        lines.writerows(zip(*further, *self.columns, strict=True))
        buffer.seek(0)
        return buffer


def digest_of(cells: Sequence[str], key: bytes = b"") -> str:
    """The digest of a row.

    :param key: what the meaning of the cells depends on, at most 64 bytes.
    """
    text = _SEPARATOR.join(cells).encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=16, key=key).hexdigest()


def _as_texts(name: str, table: ProductTable) -> Sequence[str]:
    if name == "attributes":
        return table.attributes.texts()
    values: Sequence[Any] | None = table.columns.get(name)
    if values is None:
        return [""] * table.count
    if name in JSON_COLUMNS:
        return [_encode(value) if value else "" for value in values]
    if name in _NOT_TEXT:
        return ["" if value is None else str(value) for value in values]
    return values


_NOT_TEXT = frozenset(TYPES) - frozenset(JSON_COLUMNS) | {"currency"}
