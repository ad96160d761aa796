"""Products as lines of `COPY`, for the staging table."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import compress
from types import MappingProxyType
from typing import Any

from .product_data import VARIANT_FIELDS
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
#: Those that feeds say in their language. They come from one of a product's feeds, the first of
#: `texts.FALLBACKS` that has it, so that they do not change with whatever feed came last.
LANGUAGE_COLUMNS = frozenset({
    "link",
    "product_type",
    "google_product_category",
    *VARIANT_FIELDS,
})  # fmt: skip
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
_encode = json.JSONEncoder(ensure_ascii=False).encode
#: What must not stand in a cell as it is, in PostgreSQL's text format.
_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


@dataclass(frozen=True, slots=True)
class StagedRows:
    """Products as they are copied.

    :param lines: in the order of the product's columns in `COPY_COLUMNS`.
    :param digests: equal for equal products, whatever the columns of their feed are.
    """

    external_ids: Sequence[str]
    lines: Sequence[str]
    digests: Sequence[str]

    @classmethod
    def of(cls, table: ProductTable) -> StagedRows:
        """The products as lines."""
        columns = [_escaped(_as_texts(name, table)) for name in _CONTENT]
        lines = list(map("\t".join, zip(*columns, strict=True)))
        return cls(table.column("external_id"), lines, list(map(digest_of, lines)))

    def kept(self, keep: Sequence[bool]) -> StagedRows:
        """Only those rows of which `keep` says so."""
        if all(keep):
            return self
        parts = (self.external_ids, self.lines, self.digests)
        external_ids, lines, digests = (list(compress(part, keep)) for part in parts)
        return StagedRows(external_ids, lines, digests)

    def copy_text(
        self,
        row_digests: Mapping[str, str] = MappingProxyType({}),
        product_ids: Mapping[str, int] = MappingProxyType({}),
    ) -> io.StringIO:
        """What `COPY` reads, in the order of `COPY_COLUMNS`; what is empty is NULL.

        :param row_digests: by external id, of rows as they stand in the file.
        :param product_ids: by external id, of the products that are staged already.
        """
        text = "".join(
            f"{product_ids.get(external_id, '')}\t{row_digests.get(external_id, '')}"
            f"\t{digest}\t{line}\n"
            for external_id, line, digest in zip(
                self.external_ids, self.lines, self.digests, strict=True
            )
        )
        return io.StringIO(text)


def digest_of(line: str, key: bytes = b"") -> str:
    """The digest of a row.

    :param key: what the meaning of the row depends on, at most 64 bytes.
    """
    text = line.encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=16, key=key).hexdigest()


def _escaped(cells: Sequence[str]) -> Sequence[str]:
    """Cells as PostgreSQL's text format wants them, so that tabs may stand between them."""
    if not _SPECIAL.search("".join(cells)):
        return cells
    return [cell.translate(_ESCAPES) if _SPECIAL.search(cell) else cell for cell in cells]


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
