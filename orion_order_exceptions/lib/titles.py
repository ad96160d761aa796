"""Titles that mean the same thing, written differently.

A catalogue is indexed by its words, so that a title is compared with those products only that
share a word with it, spelling mistakes included: comparing hundreds of titles with ten thousand
products stays quick without any help of the database.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable

from rapidfuzz import fuzz, process

#: Below it two titles have nothing to do with each other.
SIMILAR = 0.6
#: Words at least this alike are taken for the same one, in percent.
_SAME_WORD = 80
#: Titles whose letters are this alike are similar, also when their words are cut otherwise.
_NEARLY_SAME = 0.85
#: How many of the most promising titles are compared in full.
_COMPARED = 60
#: A word in more titles than this distinguishes nothing: it only confirms rarer ones.
_COMMON = 500
_LONGEST = 200


def plain_title(text: str) -> str:
    """`text` in small letters, without accents and signs, its words one blank apart."""
    folded = unicodedata.normalize("NFKD", text[:_LONGEST]).casefold()
    decomposed = unicodedata.normalize("NFKD", folded)
    letters = (
        sign if sign.isalnum() else " "
        for sign in decomposed
        if not unicodedata.category(sign).startswith("M")
    )
    return " ".join("".join(letters).split())


def title_similarity(one: str, other: str) -> float:
    """How alike two plain titles are, from 0 to 1, whatever the order of their words.

    Counted in letters of the words that both have, spelling mistakes included. Words that only
    one of them has count half: marketplaces add brands and sizes to a title.
    """
    if not one or not other:
        return 0.0
    first, second = one.split(), other.split()
    shared = (_share(first, second) + _share(second, first)) / 2
    letters = fuzz.token_sort_ratio(one, other) / 100
    return float(max(shared, letters if letters >= _NEARLY_SAME else 0.0))


def _share(words: list[str], others: list[str]) -> float:
    """Which part of the letters of `words` is in words that `others` has too."""
    shared = 0.0
    for word in words:
        best = max(fuzz.ratio(word, other) for other in others)
        shared += len(word) * best / 100 if best >= _SAME_WORD else 0.0
    return shared / sum(map(len, words))


class TitleIndex:
    """The titles of a catalogue, by their words.

    :param titles: product id and title; a product may have several, in several languages.
    """

    def __init__(self, titles: Iterable[tuple[int, str]]) -> None:
        plain = {(product_id, plain_title(title)) for product_id, title in titles}
        self._titles = sorted(entry for entry in plain if entry[1])
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        for place, (_product_id, title) in enumerate(self._titles):
            for word in set(title.split()):
                self._places[word].append(place)
        self._words = sorted(self._places)
        self._alike: dict[str, tuple[str, ...]] = {}

    def similar(self, title: str, limit: int = 5) -> list[tuple[int, float]]:
        """Products whose title is similar, as id and similarity from 0 to 1, the best first."""
        wanted = plain_title(title)
        best: dict[int, float] = {}
        for place in self._promising(wanted):
            product_id, found = self._titles[place]
            score = title_similarity(wanted, found)
            if score >= max(SIMILAR, best.get(product_id, 0.0)):
                best[product_id] = score
        return sorted(best.items(), key=lambda entry: (-entry[1], entry[0]))[:limit]

    def _promising(self, wanted: str) -> list[int]:
        """Places of the titles that share the rarest words with `wanted`."""
        found = [
            {place for alike in self._words_like(word) for place in self._places[alike]}
            for word in set(wanted.split())
        ]
        weights: Counter[int] = Counter()
        for places in sorted(filter(None, found), key=len):
            if weights and len(places) > _COMMON:
                places &= weights.keys()
            for place in places:
                weights[place] += 1_000_000 // len(places)
        ranked = sorted(weights.items(), key=lambda entry: (-entry[1], entry[0]))
        return [place for place, _weight in ranked[:_COMPARED]]

    def _words_like(self, word: str) -> tuple[str, ...]:
        """The catalogue's words that are `word`, or nearly."""
        if word not in self._alike:
            found = process.extract(
                word, self._words, scorer=fuzz.ratio, score_cutoff=_SAME_WORD, limit=8
            )
            self._alike[word] = tuple(alike for alike, _score, _place in found)
        return self._alike[word]
