"""What columns are called in feeds, and which field of a product each one fills."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from .column_names import FIELD_NAMES

#: Fields a product cannot be without.
REQUIRED_FIELDS = ("external_id", "title")

#: The only field that several columns may fill.
REPEATABLE_FIELD = "additional_image_links"
#: Stands for the field of a column that is not imported at all, not even as an attribute.
IGNORED_FIELD = "-"
_SHARED = frozenset({"", REPEATABLE_FIELD, IGNORED_FIELD})

#: Columns of our own files of rows to be corrected; the first ones in each row.
ROW_NUMBER_COLUMN, PROBLEM_COLUMN = "orion:row", "orion:problem"

_BY_NAME = {
    name: (rank, field_name)
    for field_name, names in FIELD_NAMES.items()
    for rank, name in enumerate(names)
}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SIGNS = re.compile(r"(?:[^\w:]|_)+")
_GOOGLE = re.compile(r"^[\W_]*(?:g\s*:[\W_]*)+", re.IGNORECASE)


class UnknownField(ValueError):
    """A column was mapped to something that is not a field of a product."""


@dataclass(frozen=True, slots=True)
class ChannelColumns:
    """Columns that are one marketplace's own, given by its addon.

    :param fields: field of `ProductData` by column name.
    :param attributes: columns without such a field, in the notation they are kept under.
    :param namespaces: prefix of these columns' names, by XML namespace.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    attributes: tuple[str, ...] = ()
    namespaces: Mapping[str, str] = field(default_factory=dict)

    def field_of(self, plain: str) -> str | None:
        """The field of a column, by its plain name."""
        return next((to for name, to in self.fields.items() if plain_name(name) == plain), None)


NO_CHANNEL_COLUMNS = ChannelColumns()


@lru_cache(maxsize=2048)
def plain_name(column: str) -> str:
    """`column` without case, accents, blanks, dashes and Google's prefix: ``image_link``."""
    text = _CAMEL.sub("_", unicodedata.normalize("NFKD", clean_header(column))).casefold()
    decomposed = unicodedata.normalize("NFKD", text)
    letters = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return _SIGNS.sub("_", _GOOGLE.sub("", letters)).strip("_")


def clean_header(column: str) -> str:
    """A column's name as it is shown: without byte order mark, quotes and blanks around."""
    text = column.replace("\ufeff", "").removeprefix("ï»¿").replace("\x00", "")
    return " ".join(text.split()).strip("'\"` ")


def unique_headers(columns: Iterable[str]) -> tuple[str, ...]:
    """Names to be shown: nameless ones are numbered, and equal ones told apart."""
    seen: set[str] = set()
    names = []
    for number, column in enumerate(columns, start=1):
        wanted = clean_header(column) or f"column_{number}"
        name, repeated = wanted, 1
        while name in seen:
            repeated += 1
            name = f"{wanted}_{repeated}"
        seen.add(name)
        names.append(name)
    return tuple(names)


def is_known(column: str, channel: ChannelColumns = NO_CHANNEL_COLUMNS) -> bool:
    """Whether a column of this name is recognised."""
    plain = plain_name(column)
    return plain in _BY_NAME or channel.field_of(plain) is not None


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which column fills which field. A value: what changes it answers a new one.

    :param fields: field by column name; empty for a column that is kept as an attribute,
        `IGNORED_FIELD` for one that is left out.
    """

    fields: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def recognise(
        cls,
        columns: Sequence[str],
        *,
        channel: ChannelColumns = NO_CHANNEL_COLUMNS,
        remembered: ColumnMapping | None = None,
    ) -> ColumnMapping:
        """The mapping of a file with these columns.

        :param remembered: what a person chose before; it decides for the columns it knows.
        """
        chosen = {
            column: remembered.fields[column]
            for column in columns
            if remembered is not None and column in remembered.fields
        }
        taken = set(chosen.values()) - _SHARED
        candidates = sorted(
            (*found, position, column)
            for position, column in enumerate(columns)
            if column not in chosen and (found := _recognised(column, channel))
        )
        ours = (ROW_NUMBER_COLUMN, PROBLEM_COLUMN)
        fields = {column: IGNORED_FIELD if column in ours else "" for column in columns}
        fields.update(chosen)
        for _, name, _, column in candidates:
            if name not in taken:
                fields[column] = name
                taken |= {name} - {REPEATABLE_FIELD}
        return cls(fields)

    def with_field(self, column: str, name: str) -> ColumnMapping:
        """The same with `column` mapped to the field `name`; empty: kept as an attribute;
        `IGNORED_FIELD`: left out.

        The column that filled the field before becomes an attribute.

        :raises UnknownField: no field of that name.
        """
        if name not in FIELD_NAMES and name not in _SHARED:
            raise UnknownField(name)
        fields = {
            other: "" if to == name and name not in _SHARED else to
            for other, to in self.fields.items()
        }
        return replace(self, fields={**fields, column: name})

    def columns_of(self, name: str) -> tuple[str, ...]:
        """The columns that fill a field."""
        return tuple(column for column, to in self.fields.items() if to == name)

    @property
    def missing(self) -> tuple[str, ...]:
        """Fields that no column fills although a product cannot be without."""
        return tuple(name for name in REQUIRED_FIELDS if not self.columns_of(name))

    def to_json(self) -> dict[str, str]:
        """As it is remembered."""
        return dict(self.fields)

    @classmethod
    def from_json(cls, remembered: Mapping[str, object]) -> ColumnMapping:
        """What `to_json` gave; fields that are not known any more are left out."""
        fields: dict[str, str] = {}
        for column, name in remembered.items():
            known = name in FIELD_NAMES and name not in fields.values()
            if name in _SHARED or known:
                fields[column] = str(name)
        return cls(fields)


def attribute_name(column: str, channel: ChannelColumns = NO_CHANNEL_COLUMNS) -> str:
    """Under which name the cells of an unmapped column are kept."""
    plain = plain_name(column)
    for name in channel.attributes:
        if plain_name(name) == plain:
            return name
    return _GOOGLE.sub("", column, count=1) or column


def _recognised(column: str, channel: ChannelColumns) -> tuple[int, str] | None:
    """Rank and field of a column; the marketplace's own names go first."""
    plain = plain_name(column)
    own = channel.field_of(plain)
    return (-1, own) if own else _BY_NAME.get(plain)
