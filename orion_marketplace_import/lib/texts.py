"""Choosing texts among their translations, and reading what attributes are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

#: Where a text is missing in the language asked for, the first one of these is taken.
FALLBACKS = ("fr", "de", "en")

_KINDS = {
    "color": ("color", "colour", "couleur", "farbe", "coloris", "faarf"),
    "size": ("size", "taille", "größe", "groesse", "grösse", "pointure", "gréisst"),
    "gender": ("gender", "sexe", "genre", "geschlecht"),
    "age_group": ("age group", "age_group", "tranche d'âge", "groupe d'âge", "altersgruppe"),
    "material": ("material", "matière", "matériau", "werkstoff"),
    "pattern": ("pattern", "motif", "muster"),
}
_KIND_BY_NAME = {name: kind for kind, names in _KINDS.items() for name in names}

_GENDERS = {
    "female": ("female", "women", "woman", "femme", "femmes", "damen", "weiblich", "frau"),
    "male": ("male", "men", "man", "homme", "hommes", "herren", "männlich", "mann"),
    "unisex": ("unisex", "mixte"),
}
_AGE_GROUPS = {
    "newborn": ("newborn", "nouveau-né", "neugeborene"),
    "infant": ("infant", "nourrisson", "säugling", "baby", "bébé"),
    "toddler": ("toddler", "tout-petit", "kleinkind"),
    "kids": ("kids", "kid", "children", "child", "enfant", "enfants", "kinder", "kind"),
    "adult": ("adult", "adults", "adulte", "adultes", "erwachsene"),
}
_WORDS = {
    kind: {word: canonical for canonical, words in table.items() for word in words}
    for kind, table in (("gender", _GENDERS), ("age_group", _AGE_GROUPS))
}


def language_of(code: str) -> str:
    """ISO 639-1 code of a locale: ``fr`` of ``fr_FR``, ``fr-LU`` and ``FR``."""
    return code.replace("-", "_").partition("_")[0].lower()


def choose_text(texts: Mapping[str, str], language: str) -> str:
    """The text in `language`, else the French, German, English one, else any; empty if none.

    :param texts: by ISO 639-1 code; empty texts count as missing.
    """
    for wanted in (language, *FALLBACKS):
        if (texts.get(wanted) or "").strip():
            return texts[wanted].strip()
    return next((text.strip() for text in texts.values() if (text or "").strip()), "")


def attribute_kind(names: Iterable[str]) -> str | None:
    """Which field of `ProductData` an attribute is, by its name in any language."""
    for name in names:
        kind = _KIND_BY_NAME.get(" ".join((name or "").split()).casefold())
        if kind:
            return kind
    return None


def canonical_word(kind: str, names: Iterable[str]) -> str | None:
    """The feeds' word for a gender or an age group named in any language."""
    words = _WORDS.get(kind, {})
    return next((words[name.casefold()] for name in names if name.casefold() in words), None)
