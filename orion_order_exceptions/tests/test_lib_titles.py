import random
import time

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.orion_order_exceptions.lib.grouping import GroupKind, group_key
from odoo.addons.orion_order_exceptions.lib.titles import (
    TitleIndex,
    plain_title,
    title_similarity,
)

CATALOGUE = [
    (1, "Merino hat (M)"),
    (1, "Bonnet en mérinos (M)"),
    (2, "Rain jacket (S)"),
    (3, "Washing powder 2 kg"),
    (3, "Lessive en poudre 2 kg"),
    (4, "Enamel jug — “Grand-mère”, 1,5 l"),
]
words = st.text(st.characters(categories=["L", "N", "P", "Z", "M", "S"]), max_size=40)


def best(title):
    found = TitleIndex(CATALOGUE).similar(title)
    return found[0][0] if found else None


def test_accents_case_and_signs_do_not_matter():
    assert best("BONNET EN MERINOS M") == 1
    assert best("enamel jug grand-mere 1.5 l") == 4


def test_the_order_of_words_does_not_matter():
    assert best("powder, washing (2 kg)") == 3


def test_spelling_mistakes_are_put_up_with():
    assert best("Wahsing powdr 2kg") == 3
    assert best("Rain jackett S") == 2


def test_a_brand_in_front_does_not_matter():
    assert best("Wollmaus Rain jacket S blue") == 2


def test_what_is_in_no_catalogue_finds_nothing():
    assert best("Garden gnome") is None
    assert best("") is None
    assert best("— …") is None


def test_a_small_word_in_common_is_no_similarity():
    found = TitleIndex([(1, "Die Mühlen der Sauer")]).similar("Der fehlende Führer")
    assert found == []


def test_a_product_with_several_titles_is_found_once():
    found = TitleIndex([*CATALOGUE, (1, "Merino hat M")]).similar("merino hat m")
    assert [product_id for product_id, _score in found] == [1]
    assert found[0][1] == 1.0


def test_ten_thousand_products_and_three_hundred_titles_are_quick():
    chosen = random.Random(4)
    vocabulary = ["".join(chosen.choices("abcdefghilmnoprstu", k=7)) for _ in range(6000)]
    titles = [" ".join(chosen.choices(vocabulary, k=5)) for _ in range(10_000)]
    started = time.perf_counter()
    index = TitleIndex(enumerate(titles))
    found = [index.similar(f"{titles[place]} blue")[0][0] for place in range(0, 9000, 30)]
    assert found == list(range(0, 9000, 30))
    assert time.perf_counter() - started < 6


@given(words, words)
def test_similarity_is_symmetric_and_between_0_and_1(one, other):
    one, other = plain_title(one), plain_title(other)
    score = title_similarity(one, other)
    assert 0 <= score <= 1
    assert score == title_similarity(other, one)


@given(words)
def test_a_plain_title_stays_as_it_is(text):
    plain = plain_title(text)
    assert plain_title(plain) == plain
    assert plain == plain.strip()
    if plain:
        assert title_similarity(plain, plain) == 1.0
        assert TitleIndex([(7, text)]).similar(text) == [(7, 1.0)]


def test_groups_go_by_gtin_then_sku_then_name_then_stand_alone():
    assert group_key("04006381333931", "A", "Pen", "7") == (GroupKind.GTIN, "04006381333931")
    assert group_key(None, " A ", "Pen", "7") == (GroupKind.SKU, "A")
    assert group_key(None, "  ", "Pén, blue", "7") == (GroupKind.NAME, "pen blue")
    assert group_key(None, None, "PEN blue", "8") == (GroupKind.NAME, "pen blue")
    assert group_key(None, "", "", "7") == (GroupKind.LINE, "7")
