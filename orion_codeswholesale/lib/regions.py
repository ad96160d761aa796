"""Where keys can be activated, in the supplier's words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_EVERYWHERE = frozenset({"WORLDWIDE", "GLOBAL", "WW"})
_NORTH_AMERICA = ("US", "CA", "MX")
_LATIN_AMERICA = (
    "AR", "BO", "BR", "CL", "CO", "CR", "DO", "EC", "GT", "HN", "MX", "NI", "PA", "PE", "PY", "SV",
    "UY", "VE",
)  # fmt: skip
_CIS = ("AM", "AZ", "BY", "KG", "KZ", "MD", "RU", "TJ", "UZ")
#: ISO 3166 codes by word; two letters that are no word here are a country's code.
_COUNTRIES: dict[str, tuple[str, ...]] = {
    "NA": _NORTH_AMERICA,
    "NORTH AMERICA": _NORTH_AMERICA,
    "LATAM": _LATIN_AMERICA,
    "CIS": _CIS,
    "RU/CIS": _CIS,
    "UK": ("GB",),
    "USA": ("US",),
}
#: The European Union is a group of countries that Odoo keeps up to date.
_UNION = frozenset({"EU", "EUROPEAN UNION"})


@dataclass(frozen=True, slots=True)
class Regions:
    """What the words mean.

    :param countries: ISO 3166 codes.
    :param unknown: words that nobody knows: without a person the product is for nobody.
    """

    everywhere: bool
    union: bool
    countries: tuple[str, ...]
    unknown: tuple[str, ...]


def read_regions(words: Iterable[str]) -> Regions:
    """The meaning of a product's regions; no word at all means everywhere."""
    plain = [word.strip().upper() for word in words if word.strip()]
    if not plain or _EVERYWHERE.intersection(plain):
        return Regions(everywhere=True, union=False, countries=(), unknown=())
    countries: dict[str, None] = {}
    unknown = []
    for word in plain:
        if word in _COUNTRIES:
            countries.update(dict.fromkeys(_COUNTRIES[word]))
        elif len(word) == 2 and word.isalpha() and word not in _UNION:
            countries[word] = None
        elif word not in _UNION:
            unknown.append(word)
    return Regions(
        everywhere=False,
        union=bool(_UNION.intersection(plain)),
        countries=tuple(countries),
        unknown=tuple(unknown),
    )
