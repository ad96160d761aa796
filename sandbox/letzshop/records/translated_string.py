"""A text in several languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TranslatedString:
    """A text in the languages of the schema."""

    en: str | None = None
    fr: str | None = None
    de: str | None = None
