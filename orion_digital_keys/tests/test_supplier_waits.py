"""Pieces that a supplier is to be asked for are still everybody's until it has sold."""

from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.orion_base.lib.errors import HostUnreachable

from .common import PLAIN, KeysCase, quote


@tagged("post_install", "-at_install")
class TestSupplierWaits(KeysCase):
    def setUp(self):
        super().setUp()
        self.game.orion_key_source = "pool_then_supplier"
        self.shop = self.offer()
        self.answer, self.supplier.quote = self.supplier.quote, self.unreachable

    def unreachable(self, external_ids):
        raise HostUnreachable("No answer from the supplier.")

    def comes_back(self):
        self.supplier.quote = self.answer
        self.time_passes()
        self.work()

    def waiting(self, **values):
        """A sold piece that the supplier could not be asked for."""
        sale = self.sell(**values)
        with mute_logger("odoo.addons.orion_base.engine.jobs"):
            self.work()
        self.assertEqual(self.states(sale), ["waiting"])
        self.assertTrue(sale.orion_piece_ids.buy_at)
        return sale

    def second_offer(self):
        channel = self.create_channel("Second supplier")
        channel.schedule_ids.filtered(lambda s: s.job_type != "key_purchases").enabled = False
        self.env["orion.key.offer"].create(
            {
                "product_id": self.game.id,
                "channel_id": channel.id,
                "external_id": "G2",
                "currency_id": self.env.ref("base.EUR").id,
                "available": 5,
            }
        )
        self.supplier.quotes["G2"] = quote("G2")
        return channel

    # === THE POOL === #

    def test_keys_that_come_while_the_supplier_is_away_are_given(self):
        sale = self.waiting()
        [plain] = self.add_keys(1)
        self.work()
        self.assertEqual(self.keys_of(sale), [plain])
        self.comes_back()
        self.assertFalse(self.supplier.sent)

    def test_the_pool_is_looked_at_before_the_supplier_is_asked(self):
        """Also when both could act at this moment."""
        sale = self.waiting()
        piece = sale.orion_piece_ids
        self.add_keys(1)
        self.assertTrue(piece.try_at)
        self.assertTrue(piece.buy_at)
        self.assertFalse(self.shop._pieces_to_buy())
        self.assertFalse(piece._lock_to_buy(piece.ids))

    def test_a_product_of_the_own_pool_is_not_bought(self):
        sale = self.waiting()
        self.game.orion_key_source = "pool"
        self.comes_back()
        self.assertFalse(self.supplier.sent)
        self.assertEqual(sale.orion_piece_ids.reason, "pool_empty")

    def test_own_pool_alone_asks_no_supplier(self):
        self.supplier.quote = self.answer
        self.game.orion_key_source = "pool"
        sale = self.sell()
        self.work()
        self.assertFalse(self.supplier.sent)
        self.assertEqual(
            (self.states(sale), sale.orion_piece_ids.reason), (["waiting"], "pool_empty")
        )

    def test_a_supplier_alone_leaves_the_own_keys_alone(self):
        self.supplier.quote = self.answer
        self.add_keys(1)
        self.game.orion_key_source = "supplier"
        self.assertEqual(self.game.orion_free_key_count, 0)
        sale = self.sell()
        self.work()
        self.assertEqual(self.keys_of(sale), ["BOUGHT-1-1-SECRET"])
        self.game.orion_key_source = "pool_then_supplier"
        self.assertEqual(self.game.orion_free_key_count, 1)
        sale = self.sell()
        self.work()
        self.assertEqual(self.keys_of(sale), [PLAIN % 0])

    # === COUNTRIES === #

    def test_countries_are_checked_again_before_it_is_bought(self):
        first, second = self.waiting(), self.waiting()
        other = self.env["res.partner"].create(
            {"name": "Sam", "email": "sam@example.com", "country_id": self.env.ref("base.us").id}
        )
        self.game.orion_region_country_ids = self.luxembourg
        with mute_logger("odoo.addons.orion_base.engine.jobs"):
            self.work()
        self.assertEqual(self.states(first + second), ["waiting"] * 2)
        second.partner_shipping_id = other
        self.comes_back()
        self.assertEqual(self.states(first), ["delivered"])
        self.assertEqual(second.orion_piece_ids.mapped("reason"), ["region"])
        self.assertEqual(len(self.supplier.sent), 1)

    def test_what_is_sold_while_countries_are_checked_is_not_claimed(self):
        """Its country would never have been asked about."""
        self.shop.schedule_ids.enabled = False
        self.add_keys(2)
        self.game.orion_region_country_ids = self.luxembourg
        sale = self.sell()
        pieces = self.env["orion.digital.piece"]
        check = type(pieces)._check_countries
        late = []

        def and_sell(records, piece_ids):
            check(records, piece_ids)
            self.customer.country_id = self.env.ref("base.us")
            late.append(self.sell())

        with patch.object(type(pieces), "_check_countries", and_sell):
            pieces._claim(self.company)
        self.assertEqual(self.states(sale), ["claimed"])
        self.assertEqual(self.states(late[0]), ["waiting"])
        pieces._claim(self.company)
        self.assertEqual(late[0].orion_piece_ids.reason, "region")

    # === THE SUPPLIER === #

    def test_another_supplier_is_asked_when_this_one_is_archived(self):
        sale = self.waiting()
        self.second_offer()
        self.supplier.quote = self.answer
        self.shop.active = False
        self.work()
        self.assertEqual(self.states(sale), ["delivered"])
        self.assertEqual(self.supplier.sent[0].external_product_id, "G2")

    def test_without_another_supplier_the_reason_is_said(self):
        sale = self.waiting()
        self.shop.active = False
        self.work()
        piece = sale.orion_piece_ids
        self.assertEqual((piece.reason, piece.buy_at), ("no_offer", False))
        self.shop.active = True
        self.comes_back()
        self.assertEqual(self.states(sale), ["delivered"])

    def test_a_supplier_that_was_never_connected_is_not_waited_for(self):
        schedule = self.shop.schedule_ids.filtered(lambda one: one.job_type == "key_purchases")
        schedule.enabled = False
        sale = self.sell()
        self.work()
        piece = sale.orion_piece_ids
        self.assertEqual((piece.reason, piece.buy_at), ("supplier_off", False))
        self.supplier.quote = self.answer
        second = self.second_offer()
        self.work()
        self.assertEqual(self.states(sale), ["delivered"])
        second.active = False
        sale = self.sell()
        self.work()
        self.assertEqual(sale.orion_piece_ids.reason, "supplier_off")
        schedule.enabled = True
        self.work()
        self.assertEqual(self.states(sale), ["delivered"])

    def test_a_supplier_is_not_archived_while_keys_are_on_their_way(self):
        self.supplier.quote = self.answer
        self.supplier.ready = False
        self.sell()
        self.work()
        with self.assertRaisesRegex(UserError, "have not come yet"):
            self.shop.active = False
        self.supplier.ready = True
        self.time_passes()
        self.work()
        self.shop.active = False

    def test_what_was_put_off_stays_so_until_a_person_asks(self):
        """A worker that looks at the pool meanwhile asks the supplier no sooner."""
        sale = self.waiting()
        piece = sale.orion_piece_ids
        later = fields.Datetime.add(fields.Datetime.now(), minutes=15)
        piece.buy_at = later
        self.env["orion.digital.piece"]._try_again([])
        self.env["orion.digital.piece"]._claim(self.company)
        self.assertEqual((piece.buy_at, piece.try_at), (later, False))
        self.env["orion.digital.piece"]._claim(self.company, sale.ids)
        self.assertLess(piece.buy_at, later)
