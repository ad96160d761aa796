import unittest
from decimal import Decimal

from odoo.addons.orion_base.lib.errors import HostUnreachable, InvalidAnswer, Rejected
from odoo.addons.orion_digital_keys.lib.asking import MOST_IN_A_ROW, ask_quotes, ask_scores
from odoo.addons.orion_digital_keys.lib.keys_adapter import Buyer, FraudScore, PriceBand, Quote
from odoo.addons.orion_digital_keys.lib.purchasing import Buy, Money, is_money_short


def quote(external_id, price="8", currency="EUR"):
    return Quote(external_id, 5, (PriceBand(1, None, Decimal(price)),), currency)


class Supplier:
    """Answers with what `answers` has; an error is raised."""

    def __init__(self, **answers):
        self.answers = answers
        self.asked = []

    def quote(self, external_ids):
        self.asked.append(list(external_ids))
        return {one: quote(one) for one in external_ids if self._look_up(one) is not None}

    def assess(self, buyer):
        self.asked.append([buyer.email])
        return self._look_up(buyer.email)

    def _look_up(self, name):
        found = self.answers.get(name, True)
        if isinstance(found, Exception):
            raise found
        return found


class TestAsking(unittest.TestCase):
    def test_all_at_once(self):
        supplier = Supplier(b=None)
        answers = ask_quotes(supplier, ["a", "b"])
        self.assertEqual(supplier.asked, [["a", "b"]])
        self.assertEqual(answers.values, {"a": quote("a"), "b": None})
        self.assertEqual((answers.errors, answers.stopped), ({}, None))
        self.assertEqual(ask_quotes(supplier, []).values, {})

    def test_one_in_trouble_is_nobody_elses(self):
        for error in (Rejected("No."), InvalidAnswer("HTML.")):
            with self.subTest(error=error):
                answers = ask_quotes(Supplier(b=error), ["a", "b", "c"])
                self.assertEqual(set(answers.values), {"a", "c"})
                self.assertEqual((answers.errors, answers.stopped), ({"b": error}, None))
                self.assertEqual(ask_quotes(Supplier(b=error), ["b"]).errors, {"b": error})

    def test_a_supplier_in_trouble_is_left_alone(self):
        names = [f"n{number}" for number in range(10)]
        supplier = Supplier(**dict.fromkeys(names, InvalidAnswer("HTML.")))
        answers = ask_quotes(supplier, names)
        self.assertEqual(len(supplier.asked), 1 + MOST_IN_A_ROW)
        self.assertEqual(set(answers.errors), set(names[:MOST_IN_A_ROW]))
        self.assertIsInstance(answers.stopped, InvalidAnswer)

    def test_who_cannot_be_asked_now_is_asked_later(self):
        with self.assertRaises(HostUnreachable):
            ask_quotes(Supplier(b=HostUnreachable("Away.")), ["a", "b"])

    def test_buyers(self):
        score = FraudScore(Decimal(1))
        supplier = Supplier(a=score, b=Rejected("No."), c=None)
        answers = ask_scores(supplier, {1: Buyer("a"), 2: Buyer("b"), 3: Buyer("c")})
        self.assertEqual(answers.values, {1: score, 3: None})
        self.assertEqual(set(answers.errors), {2})


class TestMoney(unittest.TestCase):
    def test_what_it_pays(self):
        money = Money(Decimal(16), "EUR")
        self.assertTrue(money.pays(Buy(2, Decimal(8)), "EUR"))
        self.assertFalse(money.pays(Buy(3, Decimal(8)), "EUR"))
        self.assertTrue(money.pays(Buy(3, Decimal(8)), "CHF"), "nobody knows")
        self.assertFalse(money.less(Decimal(1)).pays(Buy(2, Decimal(8)), "EUR"))

    def test_when_it_is_asked_for(self):
        quotes = {"a": quote("a"), "b": None, "c": quote("c", "100", "CHF")}
        money = Money(Decimal(16), "EUR")
        for wanted, expected in (
            ([("a", False)] * 2 + [("b", False), ("c", False), ("gone", False)], False),
            ([("a", False)] * 3, True),
            ([("a", True)], True),
        ):
            with self.subTest(wanted=wanted):
                self.assertEqual(is_money_short(quotes, wanted, money), expected)
        self.assertFalse(is_money_short(quotes, [("a", False)] * 3, None))
        self.assertTrue(is_money_short(quotes, [("a", True)], None))
