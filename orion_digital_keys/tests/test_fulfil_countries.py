from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import KeysCase


@tagged("post_install", "-at_install")
class TestFulfilCountries(KeysCase):
    def test_a_key_is_only_for_its_countries(self):
        self.add_keys(1)
        self.game.orion_region_country_ids = self.env.ref("base.us")
        sale = self.sell()
        self.work()
        piece = sale.orion_piece_ids
        self.assertEqual((piece.state, piece.reason), ("held", "region"))
        self.assertIn("Keys are held", piece.order_id.activity_ids.note)
        self.assertEqual(self.game.orion_free_key_count, 1)
        self.game.orion_region_group_ids = self.env.ref("base.europe")
        self.work()
        self.assertEqual(piece.state, "delivered")

    def test_a_customer_without_country_waits_for_one(self):
        self.add_keys(1)
        self.customer.country_id = False
        self.game.orion_region_country_ids = self.luxembourg
        sale = self.sell()
        self.work()
        self.assertEqual(sale.orion_piece_ids.reason, "no_country")
        self.customer.country_id = self.luxembourg
        sale.orion_piece_ids.with_user(self.clerk).try_again()
        self.work()
        self.assertEqual(self.states(sale), ["delivered"])

    def test_a_person_may_let_go_what_is_held(self):
        self.add_keys(1)
        self.game.orion_region_country_ids = self.env.ref("base.us")
        sale = self.sell()
        self.work()
        with self.assertRaises(AccessError):
            sale.orion_piece_ids.with_user(self.clerk).release()
        self.assertEqual(
            sale.orion_piece_ids.with_user(self.manager).release("Lives there"), {"released": 1}
        )
        self.work()
        self.assertEqual(self.states(sale), ["delivered"])
        self.assertIn("Lives there", "".join(sale.message_ids.mapped("body")))
