"""Products column by column, as a chunk of a feed is read and staged."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import compress, repeat
from types import MappingProxyType
from typing import Any

from .product_data import ProductData

DEFAULTS: Mapping[str, Any] = {
    each.name: each.default if isinstance(each.default, (str, tuple)) else None
    for each in fields(ProductData)
}
_NAMES = tuple(name for name in DEFAULTS if name != "attributes")
_quoted = json.encoder.encode_basestring


@dataclass(frozen=True, slots=True)
class AttributeTable:
    """What has no field of its own, column by column.

    :param columns: name and cells; of columns with one name, the last filled cell counts.
    :param further: attributes of some rows, by place in the table; they go before columns.
    """

    count: int
    columns: Sequence[tuple[str, Sequence[str]]] = ()
    further: Mapping[int, Mapping[str, str]] = field(default_factory=dict)

    def mappings(self) -> list[Mapping[str, str]]:
        """The attributes of each row by name, without empty ones."""
        return [MappingProxyType(self._row(place)) for place in range(self.count)]

    def texts(self) -> Sequence[str]:
        """The attributes of each row as JSON, in the order of their names; empty where none."""
        if not self.columns and not self.further:
            return [""] * self.count
        names = [name for name, _ in self.columns]
        if len(set(names)) < len(names):
            return [_as_json(self._row(place)) for place in range(self.count)]
        pieces = [_pieces(name, cells) for name, cells in sorted(self.columns)]
        rows: Iterable[Sequence[str]] = zip(*pieces, strict=True) if pieces else ()
        texts = [f"{{{', '.join(filter(None, row))}}}" for row in rows] or [""] * self.count
        texts = ["" if text == "{}" else text for text in texts]
        for place in self.further:
            texts[place] = _as_json(self._row(place))
        return texts

    def kept(self, keep: Sequence[bool]) -> AttributeTable:
        """Only those rows of which `keep` says so."""
        new_places = {place: new for new, place in enumerate(compress(range(self.count), keep))}
        return AttributeTable(
            len(new_places),
            [(name, list(compress(cells, keep))) for name, cells in self.columns],
            {new_places[old]: each for old, each in self.further.items() if old in new_places},
        )

    def _row(self, place: int) -> dict[str, str]:
        row = {name: cells[place] for name, cells in self.columns if cells[place]}
        return {**row, **self.further.get(place, {})}


def _pieces(name: str, cells: Sequence[str]) -> list[str]:
    beginning = f"{_quoted(name)}: "
    return [beginning + _quoted(cell) if cell else "" for cell in cells]


def _as_json(values: Mapping[str, str]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True) if values else ""


@dataclass(frozen=True, slots=True)
class ProductTable:
    """Products by column; making an object of each is left to those who need it.

    :param columns: values by field of `ProductData`; what is absent has its default.
    """

    count: int
    columns: Mapping[str, Sequence[Any]]
    attributes: AttributeTable

    @classmethod
    def of(cls, products: Sequence[ProductData]) -> ProductTable:
        """The table of these products."""
        columns = {name: [getattr(each, name) for each in products] for name in _NAMES}
        further = {place: each.attributes for place, each in enumerate(products) if each.attributes}
        return cls(len(products), columns, AttributeTable(len(products), (), further))

    def column(self, name: str) -> Sequence[Any]:
        """The values of one field."""
        found = self.columns.get(name)
        return [DEFAULTS[name]] * self.count if found is None else found

    def products(self) -> list[ProductData]:
        """The products as objects."""
        columns = [self.columns.get(name) or repeat(DEFAULTS[name], self.count) for name in _NAMES]
        return list(map(ProductData, *columns, self.attributes.mappings()))

    def kept(self, keep: Sequence[bool]) -> ProductTable:
        """Only those products of which `keep` says so."""
        columns = {name: list(compress(column, keep)) for name, column in self.columns.items()}
        return ProductTable(sum(keep), columns, self.attributes.kept(keep))
