import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.orion_marketplace_import.lib.texts import (
    attribute_kind,
    canonical_word,
    choose_text,
    language_of,
)


@pytest.mark.parametrize(
    ("texts", "language", "expected"),
    [
        ({"fr": "Stylo", "de": "Stift", "en": "Pen"}, "de", "Stift"),
        ({"fr": "Stylo", "en": "Pen"}, "de", "Stylo"),
        ({"de": "Stift", "en": "Pen"}, "fr", "Stift"),
        ({"en": "Pen"}, "fr", "Pen"),
        ({"it": "Penna"}, "fr", "Penna"),
        ({"fr": "  ", "en": " Pen "}, "fr", "Pen"),
        ({}, "fr", ""),
        ({"fr": ""}, "fr", ""),
    ],
)
def test_missing_languages_fall_back(texts, language, expected):
    assert choose_text(texts, language) == expected


@given(st.dictionaries(st.sampled_from(["fr", "de", "en", "it"]), st.text()), st.text())
def test_any_text_is_better_than_none(texts, language):
    assert bool(choose_text(texts, language)) == any(text.strip() for text in texts.values())


@pytest.mark.parametrize("code", ["fr", "fr_FR", "fr-LU", "FR", "fr_BE@euro"])
def test_language_of_a_locale(code):
    assert language_of(code) == "fr"


def test_attributes_are_known_by_any_of_their_names():
    assert attribute_kind(["Ton", "Farbe"]) == "color"
    assert attribute_kind(["  Age  group "]) == "age_group"
    assert attribute_kind(["Voltage"]) is None


def test_words_of_gender_and_age():
    assert canonical_word("gender", ["Damen"]) == "female"
    assert canonical_word("age_group", ["Enfants"]) == "kids"
    assert canonical_word("gender", ["Robots"]) is None
    assert canonical_word("color", ["Damen"]) is None
