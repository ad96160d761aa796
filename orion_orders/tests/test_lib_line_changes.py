"""What a marketplace says differently of a line."""

from decimal import Decimal
from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.orion_orders.lib.line_changes import differences, plain_number, said_of
from odoo.addons.orion_orders.lib.order_data import OrderLineData, PieceData, PieceState

MONEY = st.decimals(0, 100_000, places=2)


def line(**values):
    values = {"name": "Pen", "quantity": Decimal(2), "price_unit": Decimal("9.90"), **values}
    return OrderLineData("L1", **values)


class TestLineChanges(TestCase):
    def test_what_changed(self):
        before, now = line(gtin="4006381333931"), line(name="Fine pen", price_unit=Decimal(10))
        self.assertEqual(
            differences(said_of(before), said_of(now)),
            {"name": ("Pen", "Fine pen"), "price": ("9.9", "10")},
            "a number that is said no more is no news",
        )

    def test_pieces_count_themselves(self):
        pieces = (PieceData("P1", PieceState.UNDECIDED),)
        self.assertEqual(said_of(line())["quantity"], "2")
        self.assertNotIn("quantity", said_of(line(pieces=pieces)))

    @given(MONEY)
    def test_a_price_that_was_stored_is_the_same(self, price):
        """The database keeps floats of six decimals."""
        self.assertEqual(plain_number(float(price)), plain_number(price))
        self.assertEqual(plain_number(price + Decimal("0.0000001")), plain_number(price))

    @given(MONEY, MONEY)
    def test_another_price_is_seen(self, one, other):
        self.assertEqual(plain_number(one) == plain_number(other), one == other)
