import unittest

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.orion_shipping_labels.lib.carrier_link import label_url, tracking_urls
from odoo.addons.orion_shipping_labels.lib.parcel_number import (
    LONGEST_NUMBER,
    NumberRule,
    clean_number,
    detect_carrier,
    parse_patterns,
    split_numbers,
)

RULES = (
    NumberRule(1, ("1Z[0-9A-Z]{16}",)),
    NumberRule(2, ("[0-9]{14}",)),
    NumberRule(3, ("[0-9]{11}", "[0-9]{14,15}")),
)


class TestNumbers(unittest.TestCase):
    def test_white_space_goes_and_several_stay_apart(self):
        self.assertEqual(clean_number(" 1Z 999 AA1\u00a001\u200b 2345 6784 "), "1Z999AA10123456784")
        self.assertEqual(clean_number("T1 , T2; T1,"), "T1,T2")
        self.assertEqual(clean_number("１２３"), "123")
        self.assertEqual(
            clean_number("T1\nT2\r\n\tT3"), "T1,T2,T3", "as scanners and sheets say it"
        )
        self.assertEqual(clean_number(" \n"), "")

    def test_spaces_part_what_is_too_long_for_a_group(self):
        self.assertEqual(
            split_numbers("1Z999AA10123456784 1Z999AA10123456775"),
            ("1Z999AA10123456784", "1Z999AA10123456775"),
        )
        for one in (
            "1Z 999 AA1 01 2345 6784",
            "XP 8230522066 LU",
            "6A 12345678901 2",
            "(00) 340433836000000007",
            "LUXEMBOURG XP8230522066LU",
        ):
            self.assertEqual(split_numbers(one), ("".join(one.split()),))

    @given(st.text(max_size=80))
    def test_cleaning_again_changes_nothing(self, text):
        self.assertEqual(clean_number(clean_number(text)), clean_number(text))
        self.assertFalse(any(character.isspace() for character in clean_number(text)))

    def test_one_carrier_or_none(self):
        self.assertEqual(detect_carrier("1z999aa10123456784", RULES), 1)
        self.assertEqual(detect_carrier("12345678901", RULES), 3)
        self.assertIsNone(detect_carrier("12345678901234", RULES), "two carriers have such")
        self.assertIsNone(detect_carrier("no number", RULES))
        self.assertIsNone(detect_carrier("", RULES))
        self.assertIsNone(detect_carrier("1" * (LONGEST_NUMBER + 1), [NumberRule(1, ("1+",))]))

    @given(st.text(max_size=30))
    def test_what_is_found_is_the_only_one_that_fits(self, number):
        found = detect_carrier(number, RULES)
        alone = [rule.carrier for rule in RULES if detect_carrier(number, [rule])]
        self.assertEqual(found, alone[0] if len(alone) == 1 else None)

    def test_a_line_that_is_no_pattern_is_named(self):
        self.assertEqual(parse_patterns(" a+ \n\n b "), ("a+", "b"))
        with self.assertRaisesRegex(ValueError, r"\[0-9"):
            parse_patterns("a\n[0-9")


class TestLinks(unittest.TestCase):
    def test_label_keeps_the_capitals_of_its_path(self):
        prefix = "https://dispatchweb.fr/Tracky/Home/"
        self.assertEqual(label_url(prefix, " H74683403433 "), f"{prefix}H74683403433")
        self.assertEqual(label_url("", "H1"), "")
        self.assertEqual(label_url(prefix, ""), "")

    def test_a_number_cannot_lead_elsewhere(self):
        self.assertEqual(label_url("https://a.lu/", "../x?y#z"), "https://a.lu/..%2Fx%3Fy%23z")

    def test_one_page_a_parcel(self):
        template = "https://a.lu/?n=<shipmenttrackingnumber>&l=fr"
        self.assertEqual(
            tracking_urls(template, "T1, T 2"),
            [("T1", "https://a.lu/?n=T1&l=fr"), ("T2", "https://a.lu/?n=T2&l=fr")],
        )
        self.assertEqual(tracking_urls("https://a.lu/", "T1"), [("T1", "https://a.lu/T1")])
        self.assertEqual(tracking_urls("", "T1"), [])

    @given(st.text(max_size=40))
    def test_as_many_pages_as_numbers(self, text):
        self.assertEqual(
            [number for number, _url in tracking_urls("https://a.lu/", text)],
            list(split_numbers(text)),
        )
