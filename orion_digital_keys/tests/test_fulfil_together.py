from odoo import fields
from odoo.tests import tagged

from ..models.orion_digital_piece_claim import TOGETHER_SECONDS
from .common import quote
from .mail_common import KeyMailCase


@tagged("post_install", "-at_install")
class TestFulfilTogether(KeyMailCase):
    """Keys of the pool wait a moment for those of their order that are being bought."""

    def setUp(self):
        super().setUp()
        self.game.orion_key_source = "pool_then_supplier"
        self.offer()

    def test_what_is_bought_in_seconds_comes_in_the_same_e_mail(self):
        [plain] = self.add_keys(1)
        sale = self.delivered(2)
        self.assertEqual(self.states(sale), ["delivered"] * 2)
        [sent] = self.send(sale)
        self.assertIn(plain, sent["body"])
        self.assertIn("BOUGHT-1-1-SECRET", sent["body"])

    def test_two_purchases_come_in_one_e_mail(self):
        other = self.create_game("Other game", orion_key_source="supplier")
        self.offer(other, "G2")
        self.supplier.quotes["G2"] = quote("G2")
        [plain] = self.add_keys(1)
        sale = self.sell(2)
        sale.write({"order_line": [(0, 0, {"product_id": other.id, "price_unit": 0.0})]})
        self.work()
        self.assertEqual(self.states(sale), ["delivered"] * 3)
        [sent] = self.send(sale)
        for key in (plain, "BOUGHT-1-1-SECRET", "BOUGHT-2-1-SECRET"):
            self.assertIn(key, sent["body"])

    def test_nobody_waits_for_a_supplier_that_hangs(self):
        self.supplier.ready = False
        [plain] = self.add_keys(1)
        sale = self.sell(2)
        self.work()
        self.assertEqual(self.states(sale), ["claimed", "ordered"])
        wait = sale.orion_piece_ids[0].try_at - fields.Datetime.now()
        self.assertLessEqual(wait.total_seconds(), TOGETHER_SECONDS)
        self.time_passes()
        self.work()
        self.assertEqual(self.states(sale), ["delivered", "ordered"])
        [sent] = self.send(sale)
        self.assertIn(plain, sent["body"])

    def test_what_can_not_be_bought_is_not_waited_for(self):
        self.env["orion.key.offer"].search([]).unlink()
        self.add_keys(1)
        self.assertEqual(self.states(self.delivered(2)), ["delivered", "waiting"])

    def test_who_asks_for_the_keys_need_not_wait(self):
        self.supplier.ready = False
        self.add_keys(1)
        sale = self.sell(2)
        self.env.flush_all()
        with self.enter_registry_test_mode():
            counts = sale.with_user(self.manager).orion_fulfill_digital()
        self.assertEqual(counts, {"fulfilled": 1, "pending": 1, "failed": 0})
