from odoo import fields
from odoo.tests import tagged

from .trouble_common import TroubleCase


@tagged("post_install", "-at_install")
class TestAnotherProduct(TroubleCase):
    """Somebody puts another product on a sold line: what kept the former one from being given
    says nothing of it."""

    def test_what_was_held_for_its_country_is_given(self):
        other = self.create_game("Edition for Luxembourg")
        self.add_keys(1, product=other)
        self.game.orion_region_country_ids = self.env.ref("base.fr")
        sale = self.sell()
        self.work()
        self.assertEqual((self.states(sale), self.reasons(sale)), (["held"], ["region"]))
        self.assertTrue(sale.activity_ids)
        sale.order_line.product_id = other
        self.assertFalse(sale.activity_ids)
        self.work()
        self.assertEqual(self.states(sale), ["delivered"])
        self.assertEqual(sale.orion_piece_ids.key_id.product_id, other)

    def test_who_must_not_buy_is_held_whatever_it_is(self):
        other = self.create_game("Other game")
        self.add_keys(3, product=other)
        for reason in ("fraud", "credit_withdrawn"):
            sale = self.sell()
            sale.orion_piece_ids._hold(reason)
            sale.order_line.product_id = other
            self.work()
            self.assertEqual((self.states(sale), self.reasons(sale)), (["held"], [reason]))
            self.assertEqual(sale.orion_piece_ids.product_id, other)

    def test_the_pool_of_the_other_is_asked_before_any_supplier(self):
        """However long the supplier of the former product was to be left alone."""
        other = self.another_game("G2")
        other.orion_key_source = "pool_then_supplier"
        self.add_keys(1, product=other)
        self.supplier.quotes.clear()
        sale = self.sell()
        self.work()
        piece = sale.orion_piece_ids
        later = fields.Datetime.add(fields.Datetime.now(), hours=1)
        piece.write({"supplier_id": self.channel_2.id, "buy_at": later, "attempts": 3})
        sale.order_line.product_id = other
        self.assertFalse(piece.supplier_id or piece.buy_at or piece.attempts)
        self.work()
        self.assertEqual(self.states(sale), ["delivered"])
        self.assertFalse(self.supplier.sent)

    def test_marketplaces_hear_of_both_products(self):
        other = self.create_game("Other game")
        sale = self.sell()
        told = self.notes_of_demand()
        sale.order_line.product_id = other
        self.assertLessEqual({self.game.id, other.id}, told)
