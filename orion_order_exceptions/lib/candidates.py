"""Which products an unknown one may be, the likeliest first, each with its reason.

Finding is the database's work (`orion.product.candidates`); here is decided what the findings
are worth, and whether one of them is sure enough to be proposed.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: How many candidates a person is shown; products with the sold GTIN are never left out.
SHOWN = 5


class Reason(enum.Enum):
    """Why a product is a candidate, the strongest first."""

    GTIN = "gtin"
    ALIAS = "alias"
    SKU = "sku"
    SUPPLIER = "supplier"
    STAGED = "staged"
    TITLE = "title"


_ORDER = {reason: place for place, reason in enumerate(Reason)}
#: A similar name is shown and never proposed: sizes and colours differ by one letter.
_PROPOSED = frozenset(Reason) - {Reason.TITLE}
#: These two are no guess, so a GTIN that says otherwise does not weaken them.
_PROOF = frozenset({Reason.GTIN, Reason.ALIAS})
#: Numbers that others have given, which may give the same one to something else.
_OF_OTHERS = frozenset({Reason.SUPPLIER, Reason.STAGED})


@dataclass(frozen=True, slots=True)
class UnknownProduct:
    """What a marketplace said of a product that the catalogue does not know.

    :param gtin: canonical, or None when there is none or it is damaged.
    """

    gtin: str | None
    sku: str
    name: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A product that one search found.

    :param key: of the unknown product.
    :param score: how well it fits within its reason, from 0 to 1.
    :param gtin: the product's own canonical GTIN, or that under which a feed knows it.
    """

    key: str
    product_id: int
    reason: Reason
    score: float = 1.0
    gtin: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product that the unknown one may be.

    :param other_gtin: it has a GTIN, which is not the sold one: reused SKUs are common.
    :param is_guess: it is known by a number of others, and not known to have the sold GTIN: two
        vendors may have one code.
    """

    product_id: int
    reason: Reason
    score: float
    other_gtin: bool
    is_guess: bool = False


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates of one unknown product, the likeliest first.

    :param proposal: the product that fits beyond doubt, or None when a person has to look.
    :param is_duplicate: several products have the sold GTIN.
    """

    candidates: tuple[Candidate, ...] = ()
    proposal: int | None = None
    is_duplicate: bool = False


def rank(
    unknowns: Mapping[str, UnknownProduct], findings: Iterable[Finding], limit: int = SHOWN
) -> dict[str, Ranking]:
    """Order the findings of each unknown product and say which one to propose.

    :raises KeyError: for a finding of none of the `unknowns`.
    """
    by_key: defaultdict[str, list[Candidate]] = defaultdict(list)
    for finding in findings:
        by_key[finding.key].append(_candidate(unknowns[finding.key], finding))
    return {key: _ranking(by_key.get(key, []), limit) for key in unknowns}


def _candidate(unknown: UnknownProduct, finding: Finding) -> Candidate:
    other = bool(unknown.gtin and finding.gtin and unknown.gtin != finding.gtin)
    return Candidate(
        finding.product_id,
        finding.reason,
        finding.score,
        other and finding.reason not in _PROOF,
        bool(unknown.gtin) and finding.gtin != unknown.gtin and finding.reason in _OF_OTHERS,
    )


def _ranking(found: list[Candidate], limit: int) -> Ranking:
    best: dict[int, Candidate] = {}
    for candidate in sorted(found, key=_place):
        best.setdefault(candidate.product_id, candidate)
    ordered = list(best.values())
    same_gtin = [candidate for candidate in ordered if candidate.reason is Reason.GTIN]
    shown = tuple(ordered[: max(limit, len(same_gtin))])
    return Ranking(shown, _proposal(ordered), len(same_gtin) > 1)


def _place(candidate: Candidate) -> tuple[bool, int, bool, float, int]:
    return (
        candidate.other_gtin,
        _ORDER[candidate.reason],
        candidate.is_guess,
        -candidate.score,
        candidate.product_id,
    )


def _proposal(ordered: list[Candidate]) -> int | None:
    """The first, if nothing else has as good a reason; two proofs contradict each other."""
    if not ordered:
        return None
    first, *others = ordered
    if first.other_gtin or first.is_guess or first.reason not in _PROPOSED:
        return None
    if first.reason in _PROOF and any(other.reason in _PROOF for other in others):
        return None
    if any(other.reason is first.reason and not other.other_gtin for other in others):
        return None
    return first.product_id
