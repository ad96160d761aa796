from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.orion_digital_keys.key_store import NewKey, add_keys

from .common import PLAIN
from .fulfil_common import FulfilCase


@tagged("post_install", "-at_install")
class TestFulfil(FulfilCase):
    def test_a_paid_order_gets_its_keys_by_itself(self):
        plains = self.add_keys(3)
        sale = self.sell(2)
        self.assertEqual(self.states(sale), ["waiting"] * 2)
        self.work()
        self.assertEqual(self.states(sale), ["delivered"] * 2)
        self.assertEqual(self.keys_of(sale), plains[:2])
        self.mails_leave()
        self.assertEqual(sale.orion_status, "fulfilled")
        self.assertTrue(sale.orion_fulfilled_at)
        self.assertEqual(sale.order_line.qty_delivered, 2)
        keys = sale.orion_piece_ids.key_id
        self.assertEqual(keys.mapped("state"), ["delivered"] * 2)
        self.assertEqual(keys.mapped("piece_id"), sale.orion_piece_ids)

    # === WHICH KEY === #

    def test_keys_that_expire_first_are_given_first(self):
        today = fields.Date.today()
        self.add_keys(1)
        self.add_keys(1, start=1, expires_on=today + timedelta(days=9))
        self.add_keys(1, start=2, expires_on=today + timedelta(days=2))
        self.add_keys(1, start=3, expires_on=today - timedelta(days=1))
        sale = self.sell(3)
        self.work()
        self.assertEqual(self.keys_of(sale), [PLAIN % 2, PLAIN % 1, PLAIN % 0])

    def test_first_sold_is_first_served(self):
        self.add_keys(2)
        sales = [self.sell(1) for _number in range(3)]
        self.work()
        self.assertEqual(
            [self.states(sale) for sale in sales], [["delivered"], ["delivered"], ["waiting"]]
        )

    def test_a_key_of_another_company_is_never_given(self):
        other = self.env["res.company"].create({"name": "Other"})
        batch = self.env["orion.digital.key"]._make_batch(self.game, other, "paste")
        add_keys(batch, [NewKey("OTHERS-KEY")])
        sale = self.sell()
        self.work()
        self.assertEqual(self.states(sale), ["waiting"])

    # === PARTS === #

    def test_the_rest_follows_by_itself(self):
        self.add_keys(1)
        sale = self.sell(3)
        self.work()
        self.assertEqual(sorted(self.states(sale)), ["delivered", "waiting", "waiting"])
        self.assertEqual(
            sale.orion_piece_ids.filtered("reason").mapped("reason"), ["pool_empty"] * 2
        )
        self.assertEqual(sale.orion_status, "confirmed")
        self.assertEqual(sale.order_line.qty_delivered, 1)
        self.add_keys(2, start=1)
        self.work()
        self.assertEqual(self.states(sale), ["delivered"] * 3)
        self.mails_leave()
        self.assertEqual(sale.orion_status, "fulfilled")
        self.assertFalse(sale.orion_piece_ids.filtered("reason"))

    def test_mixed_orders_ship_the_rest_normally(self):
        self.add_keys(1)
        sale = self.sell(
            order_line=[
                (0, 0, {"product_id": self.game.id, "price_unit": 0}),
                (0, 0, {"product_id": self.pen.id, "price_unit": 0}),
            ]
        )
        self.work()
        self.assertEqual(self.states(sale), ["delivered"])
        self.assertEqual(sale.orion_status, "confirmed")
        self.assertEqual(sale.picking_ids.move_ids.product_id, self.pen)

    def test_packs_are_counted_in_pieces(self):
        self.add_keys(12)
        sale = self.sell(
            order_line=[
                (
                    0,
                    0,
                    {
                        "product_id": self.game.id,
                        "product_uom_qty": 1,
                        "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
                        "price_unit": 0,
                    },
                )
            ]
        )
        self.work()
        self.assertEqual(self.states(sale), ["delivered"] * 12)
        self.assertEqual(sale.order_line.qty_delivered, 1)

    def test_called_again_it_says_how_things_stand(self):
        self.add_keys(1)
        sale = self.sell(2)
        for _time in range(2):
            self.assertEqual(self.fulfil(sale), {"fulfilled": 1, "pending": 1, "failed": 0})
        self.assertEqual(
            self.env["orion.digital.key"].search_count([("state", "=", "delivered")]), 1
        )

    def test_counts_of_several_orders_are_summed(self):
        self.add_keys(3)
        sales = self.sell(2) | self.sell(2)
        self.assertEqual(self.fulfil(sales), {"fulfilled": 3, "pending": 1, "failed": 0})

    def test_who_may_not_write_orders_fulfils_none(self):
        sale = self.sell()
        with self.assertRaises(AccessError):
            sale.with_user(self.seller).orion_fulfill_digital()

    def test_a_claim_is_found_again_by_its_piece(self):
        self.add_keys(2)
        sale = self.sell(2)
        self.env["orion.digital.piece"]._claim(self.company)
        self.assertEqual(self.states(sale), ["claimed"] * 2)
        before = sale.orion_piece_ids.key_id
        self.work()
        self.assertEqual(self.states(sale), ["delivered"] * 2)
        self.assertEqual(sale.orion_piece_ids.key_id, before)

    def test_one_order_that_cannot_be_sent_stops_no_other(self):
        self.add_keys(2)
        bad, good = self.sell(), self.sell()
        orders = self.env.registry["sale.order"]
        deliver = orders._orion_deliver_claimed

        error = UserError(bad.name)

        def failing(order, pieces):
            if order.id == bad.id:
                raise error
            return deliver(order, pieces)

        self.patch(orders, "_orion_deliver_claimed", failing)
        self.work()
        self.assertEqual(self.states(bad + good), ["claimed", "delivered"])
        self.patch(orders, "_orion_deliver_claimed", deliver)
        self.time_passes()
        self.work()
        self.assertEqual(self.states(bad), ["delivered"])

    # === MANY === #

    def count_queries(self, number):
        self.add_keys(number, start=number * 100)
        for _number in range(number):
            self.sell()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        claimed, _left = self.env["orion.digital.piece"]._claim(self.company)
        self.env.flush_all()
        self.assertEqual(len(claimed), number)
        return self.env.cr.sql_log_count - before

    def test_claiming_many_takes_no_more_queries(self):
        self.count_queries(3)
        self.assertEqual(self.count_queries(10), self.count_queries(50))
