from odoo.tests import tagged

from .trouble_common import TroubleCase


@tagged("post_install", "-at_install")
class TestOffersTold(TroubleCase):
    """What suppliers tell of their offers, many at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.games = cls.env["product.product"].create(
            [
                {
                    "name": f"Game {number}",
                    "type": "service",
                    "orion_is_digital": True,
                    "orion_key_source": "supplier",
                }
                for number in range(50)
            ]
        )

    def setUp(self):
        super().setUp()
        self.offers = self.env["orion.key.offer"].create(
            [
                {
                    "product_id": game.id,
                    "channel_id": self.channel_2.id,
                    "external_id": f"many-{game.id}",
                    "currency_id": self.env.ref("base.EUR").id,
                    "available": 5,
                    "unit_price": 8.0,
                }
                for game in self.games
            ]
        )

    def note(self, offers, **values):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["orion.key.offer"]._note_all(dict.fromkeys(offers, values))
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_many_cost_no_more_queries_than_few(self):
        self.note(self.offers[:3], available=6, unit_price=9.0)
        for values in ({"available": 7}, {"available": 3}, {"unit_price": 7.0}):
            few = self.note(self.offers[:10], **values)
            many = self.note(self.offers[10:], **values)
            self.assertLessEqual(many, few, values)
            self.note(self.offers, available=6, unit_price=9.0)

    def test_what_is_the_same_is_not_written(self):
        euro = self.env.ref("base.EUR")
        same = {"available": 5, "unit_price": 8.0, "is_gone": False, "currency_id": euro.id}
        told = self.notes_of_demand()
        self.note(self.offers, **same)
        self.assertFalse(told)
        self.assertFalse(self.offers[0].updated_at)

    def test_only_what_changes_is_followed(self):
        told = self.notes_of_demand()
        self.note(self.offers[:2], available=4)
        self.assertEqual(told, set(self.games[:2].ids))

    def test_stock_that_rises_wakes_who_waits(self):
        sale = self.sell(product=self.games[0])
        piece = sale.orion_piece_ids
        piece.write({"try_at": False, "buy_at": False, "reason": "out_of_stock"})
        self.note(self.offers[0], available=4)
        self.assertFalse(piece.try_at)
        self.note(self.offers[0], available=6)
        self.assertTrue(piece.try_at)

    def test_who_moves_an_offer_tells_of_both_products(self):
        told = self.notes_of_demand()
        self.offers[0].product_id = self.game
        self.assertEqual(told, {self.game.id, self.games[0].id})
