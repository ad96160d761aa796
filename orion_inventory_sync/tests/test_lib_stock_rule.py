import unittest

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.orion_inventory_sync.lib.stock_rule import (
    StockRule,
    fixed_quantity,
    quantity_to_tell,
)

#: (available, what differs from the usual rule, ever above zero, what is told)
CASES = [
    # nothing held back
    (None, {}, False, None),
    (0, {}, False, 0),
    (-3, {}, False, 0),
    (1, {}, False, 1),
    (7.9, {}, False, 7),
    (6.9999999999, {}, False, 7),
    # safety stock
    (10, {"safety_stock": 3}, False, 7),
    (3, {"safety_stock": 3}, False, 0),
    (2, {"safety_stock": 3}, True, 0),
    # threshold: counted after the safety stock
    (5, {"threshold": 5}, False, 0),
    (6, {"threshold": 5}, False, 6),
    (8, {"safety_stock": 3, "threshold": 5}, False, 0),
    (9, {"safety_stock": 3, "threshold": 5}, False, 6),
    # share of the stock, before what is held back
    (10, {"percent": 50}, False, 5),
    (9, {"percent": 50}, False, 4),
    (10, {"percent": 50, "safety_stock": 4}, False, 1),
    (10, {"percent": 0}, False, 0),
    # most pieces shown
    (100, {"limit": 20}, False, 20),
    (20, {"limit": 20}, False, 20),
    (19, {"limit": 20}, False, 19),
    (100, {"limit": 20, "safety_stock": 90}, False, 10),
    # products without stock are left out, but a fall to zero is told
    (0, {"tell_zero": False}, False, None),
    (-1, {"tell_zero": False}, False, None),
    (5, {"tell_zero": False, "threshold": 5}, False, None),
    (0, {"tell_zero": False}, True, 0),
    (5, {"tell_zero": False, "threshold": 5}, True, 0),
    (6, {"tell_zero": False, "threshold": 5}, False, 6),
    # no stock is kept any more: what was told is taken back
    (None, {}, True, 0),
    (None, {"tell_zero": False}, True, 0),
]

#: (fixed, available, what is told)
FIXED = [
    (4, 10, 4),
    (4, 3.9, 3),
    (4, 2.9999999999, 3),
    (4, 0, 0),
    (4, -7, 0),
    (0, 10, 0),
    # no stock is kept, so none can be oversold
    (4, None, 4),
    (0, None, 0),
]

RULES = st.builds(
    StockRule,
    percent=st.integers(0, 100),
    safety_stock=st.integers(0, 50),
    threshold=st.integers(0, 50),
    limit=st.integers(0, 50),
    tell_zero=st.booleans(),
)
QUANTITIES = st.integers(-1000, 1000)


class TestStockRule(unittest.TestCase):
    def test_table(self):
        for available, differing, ever_positive, expected in CASES:
            with self.subTest(available=available, rule=differing, ever=ever_positive):
                told = quantity_to_tell(
                    available, StockRule(**differing), ever_positive=ever_positive
                )
                self.assertEqual(told, expected)

    @given(QUANTITIES, RULES, st.booleans())
    def test_never_more_than_there_is(self, available, rule, ever_positive):
        told = quantity_to_tell(available, rule, ever_positive=ever_positive)
        self.assertLessEqual(told or 0, max(0, available))
        self.assertGreaterEqual(told or 0, 0)

    @given(QUANTITIES, RULES)
    def test_a_fall_to_zero_is_always_told(self, available, rule):
        self.assertIsNotNone(quantity_to_tell(available, rule, ever_positive=True))

    @given(QUANTITIES, st.integers(0, 100), RULES)
    def test_more_stock_never_tells_less(self, available, more, rule):
        less = quantity_to_tell(available, rule) or 0
        self.assertGreaterEqual(quantity_to_tell(available + more, rule) or 0, less)

    def test_fixed(self):
        quiet = StockRule(tell_zero=False)
        for quantity, available, expected in FIXED:
            with self.subTest(quantity=quantity, available=available):
                self.assertEqual(fixed_quantity(quantity, available, StockRule()), expected)
                told = fixed_quantity(quantity, available, quiet)
                self.assertEqual(told, expected or None, "zero is not wanted")
                self.assertEqual(
                    fixed_quantity(quantity, available, quiet, ever_positive=True), expected
                )
                self.assertEqual(
                    fixed_quantity(quantity, available, quiet, beyond_stock=True) or 0, quantity
                )

    @given(st.integers(0, 100), QUANTITIES, RULES, st.booleans())
    def test_a_fixed_quantity_is_never_more_than_there_is(self, quantity, available, rule, ever):
        told = fixed_quantity(quantity, available, rule, ever_positive=ever)
        self.assertLessEqual(told or 0, min(quantity, max(0, available)))
        self.assertGreaterEqual(told or 0, 0)
