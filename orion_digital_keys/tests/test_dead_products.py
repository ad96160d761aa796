from odoo.tests import tagged

from odoo.addons.orion_digital_keys.key_store import NewKey, add_keys

from .common import KeysCase


@tagged("post_install", "-at_install")
class TestDeadProducts(KeysCase):
    """A product of which no key can be had any more is not sold on in the own shop."""

    def setUp(self):
        super().setUp()
        self.game.orion_key_source = "pool_then_supplier"
        self.supplier_channel = self.offer()
        self.offer_1 = self.env["orion.key.offer"].search(
            [("channel_id", "=", self.supplier_channel.id)]
        )
        self.template = self.game.product_tmpl_id

    def notes(self):
        return "".join(self.template.message_ids.mapped("body"))

    def test_it_is_taken_off_and_put_back_and_both_are_said(self):
        self.offer_1.is_gone = True
        self.assertEqual(
            (self.template.sale_ok, self.template.orion_taken_off), (False, "not_sold")
        )
        self.assertIn("taken off sale, because Supplier", self.notes())
        self.assertEqual(len(self.game.activity_ids), 1)
        self.offer_1.is_gone = False
        self.assertEqual((self.template.sale_ok, self.template.orion_taken_off), (True, False))
        self.assertIn("back on sale", self.notes())
        self.assertFalse(self.game.activity_ids)

    def test_keys_of_the_pool_put_it_back(self):
        self.offer_1.is_gone = True
        self.add_keys(1)
        self.assertTrue(self.template.sale_ok)
        sale = self.sell()
        self.work()
        self.assertEqual(self.states(sale), ["delivered"])
        self.assertFalse(self.template.sale_ok, "the last key is given")

    def test_only_told_where_the_channel_says_so(self):
        self.supplier_channel.key_dead_products = "tell"
        self.offer_1.is_gone = True
        self.assertTrue(self.template.sale_ok)
        self.assertEqual(len(self.game.activity_ids), 1)

    def test_who_puts_it_back_by_hand_is_not_contradicted(self):
        self.offer_1.is_gone = True
        self.template.sale_ok = True
        self.assertEqual(self.template.orion_taken_off, "kept")
        self.offer_1.unit_price = 3
        self.game._orion_watch_pools()
        self.assertTrue(self.template.sale_ok)
        self.offer_1.is_gone = False
        self.assertFalse(self.template.orion_taken_off)
        self.offer_1.is_gone = True
        self.assertFalse(self.template.sale_ok, "another time")

    def test_what_was_off_sale_before_stays_so(self):
        self.template.sale_ok = False
        self.offer_1.is_gone = True
        self.offer_1.is_gone = False
        self.assertFalse(self.template.sale_ok or self.template.orion_taken_off)

    def test_another_company_that_has_it_keeps_it_on_sale(self):
        other = self.env["res.company"].create({"name": "Other"})
        batch = (
            self.env["orion.digital.key"].with_company(other)._make_batch(self.game, other, "paste")
        )
        add_keys(batch, [NewKey("THEIRS-1234-5678")])
        self.offer_1.is_gone = True
        self.assertTrue(self.template.sale_ok)
