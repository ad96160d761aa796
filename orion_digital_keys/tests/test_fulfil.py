from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.orion_digital_keys.key_store import NewKey, add_keys
from odoo.addons.orion_orders.tests.common import line, order

from .common import PLAIN, KeysCase


@tagged("post_install", "-at_install")
class TestFulfil(KeysCase):
    def fulfil(self, orders, user=None):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            result = orders.with_user(user or self.manager).orion_fulfill_digital()
        self.env.invalidate_all()
        return result

    # === WHAT GETS A KEY === #

    def test_a_paid_order_gets_its_keys_by_itself(self):
        plains = self.add_keys(3)
        sale = self.sell(2)
        self.assertEqual(self.states(sale), ["waiting"] * 2)
        self.work()
        self.assertEqual(self.states(sale), ["delivered"] * 2)
        self.assertEqual(self.keys_of(sale), plains[:2])
        self.assertEqual(sale.orion_status, "fulfilled")
        self.assertTrue(sale.orion_fulfilled_at)
        self.assertEqual(sale.order_line.qty_delivered, 2)
        keys = sale.orion_piece_ids.key_id
        self.assertEqual(keys.mapped("state"), ["delivered"] * 2)
        self.assertEqual(keys.mapped("piece_id"), sale.orion_piece_ids)

    def test_an_unpaid_order_waits_for_its_invoice(self):
        self.add_keys(1)
        sale = self.sell(paid=False)
        self.assertFalse(sale.orion_piece_ids)
        with self.assertRaises(UserError):
            self.fulfil(sale)
        invoice = sale._create_invoices()
        invoice.action_post()
        self.assertFalse(sale.orion_piece_ids)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()
        self.work()
        self.assertEqual(self.states(sale), ["delivered"])

    def test_a_payment_that_is_done_is_enough(self):
        self.add_keys(1)
        sale = self.sell(paid=False)
        transaction = self.pay(sale, 19.0)
        transaction._set_done()
        self.assertFalse(sale.orion_piece_ids, "a part is not paid")
        self.pay(sale, 1.0, "second")._set_done()
        self.work()
        self.assertEqual(self.states(sale), ["delivered"])

    def authorise(self, transaction):
        """As a provider that captures later does; the one of the tests cannot."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE payment_transaction SET state = 'authorized' WHERE id = %s", (transaction.id,)
        )
        transaction.invalidate_recordset()

    def test_a_captured_payment_is_done_by_its_capture(self):
        """Odoo makes a transaction of the capture, which no order knows."""
        self.add_keys(2)
        sale = self.sell(2, paid=False)
        transaction = self.pay(sale, sale.amount_total)
        self.authorise(transaction)
        self.work()
        self.assertFalse(sale.orion_piece_ids)
        transaction._create_child_transaction(sale.amount_total)._set_done()
        self.work()
        self.assertEqual(self.states(sale), ["delivered"] * 2)

    def test_a_part_that_was_captured_does_not_pay_the_rest(self):
        self.add_keys(2)
        sale = self.sell(2, paid=False)
        transaction = self.pay(sale, sale.amount_total)
        self.authorise(transaction)
        transaction._create_child_transaction(sale.amount_total / 2)._set_done()
        transaction._create_child_transaction(sale.amount_total / 2)._set_canceled()
        self.work()
        self.assertFalse(sale.orion_piece_ids)

    def test_what_was_paid_back_gets_no_key_any_more(self):
        sale = self.sell(paid=False)
        transaction = self.pay(sale, sale.amount_total)
        transaction._set_done()
        self.work()
        self.assertEqual(self.states(sale), ["waiting"])
        refund = transaction._create_child_transaction(sale.amount_total, is_refund=True)
        refund._set_done()
        self.add_keys(1)
        self.work()
        self.assertEqual(self.states(sale), ["refunded"])

    # === ANOTHER PRODUCT === #

    def test_a_line_with_another_product_gets_no_key_of_the_former(self):
        other = self.create_game("Other game")
        goods = self.env["product.product"].create({"name": "Goods"})
        first, second = self.sell(), self.sell()
        self.work()
        first.order_line.product_id = goods
        second.order_line.product_id = other
        self.add_keys(2)
        self.work()
        self.assertEqual(self.states(first), ["cancelled"])
        self.assertEqual(self.states(second), ["waiting"])
        self.add_keys(1, product=other, start=50)
        self.work()
        self.assertEqual(self.states(second), ["delivered"])
        self.assertEqual(second.orion_piece_ids.key_id.product_id, other)

    def test_a_pending_payment_is_not_done(self):
        sale = self.sell(paid=False)
        self.pay(sale, 20.0)._set_pending()
        self.assertFalse(sale.orion_piece_ids)

    def pay(self, sale, amount, reference="first"):
        provider = self.env["payment.provider"].create(
            {"name": "Test", "code": "none", "state": "test"}
        )
        return self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env["payment.method"].search([], limit=1).id,
                "amount": amount,
                "currency_id": sale.currency_id.id,
                "partner_id": sale.partner_id.id,
                "reference": f"{sale.name}-{reference}",
                "sale_order_ids": [(6, 0, sale.ids)],
            }
        )

    def test_marketplace_orders_count_as_paid_once_confirmed(self):
        self.add_keys(2)
        self.game.barcode = "4006381333948"
        sale = self.imported(
            order(lines=(line(gtin="4006381333948", quantity=2, is_digital=True),))
        )
        self.assertEqual(sale.order_line.product_id, self.game)
        self.work()
        self.assertFalse(sale.orion_piece_ids)
        sale._orion_accepted()
        self.work()
        self.assertEqual(self.states(sale), ["delivered"] * 2)
        self.assertEqual(sale.orion_status, "fulfilled")

    def test_orders_of_the_past_get_no_keys(self):
        self.add_keys(1)
        self.game.barcode = "4006381333948"
        sale = self.importer._import_page(
            self.channel,
            (order(state=order().state.ACCEPTED, lines=(line(gtin="4006381333948"),)),),
            history=True,
        ) and self.find("S1")
        self.assertTrue(sale.orion_is_history)
        sale._orion_start_digital()
        self.assertFalse(sale.orion_piece_ids)

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
        self.ship(sale)
        self.assertEqual(sale.orion_status, "shipped")

    def test_a_key_that_comes_after_the_goods_is_delivered_all_the_same(self):
        sale = self.sell(
            order_line=[
                (0, 0, {"product_id": self.game.id, "price_unit": 0}),
                (0, 0, {"product_id": self.pen.id, "price_unit": 0}),
            ]
        )
        self.work()
        self.ship(sale)
        self.assertEqual((sale.orion_status, self.states(sale)), ("shipped", ["waiting"]))
        self.add_keys(1)
        self.work()
        self.assertEqual((sale.orion_status, self.states(sale)), ("shipped", ["delivered"]))

    def ship(self, sale):
        sale.picking_ids.move_ids.write({"quantity": 1, "picked": True})
        sale.picking_ids.button_validate()

    def test_what_is_sold_in_addition_gets_keys_too(self):
        self.add_keys(3)
        sale = self.sell(1)
        self.work()
        sale.order_line.product_uom_qty = 3
        self.work()
        self.assertEqual(self.states(sale), ["delivered"] * 3)

    def test_what_is_sold_no_more_is_given_up(self):
        sale = self.sell(3)
        sale.order_line.product_uom_qty = 1
        self.assertEqual(sale.orion_piece_ids.mapped("state"), ["waiting"] + ["cancelled"] * 2)
        sale.order_line.product_uom_qty = 2
        self.assertEqual(sale.orion_piece_ids.mapped("state"), ["waiting", "waiting", "cancelled"])

    def test_what_is_added_and_not_paid_gets_no_key(self):
        self.add_keys(3)
        sale = self.sell(1)
        self.work()
        sale.order_line.write({"product_uom_qty": 2, "price_unit": 20.0})
        self.work()
        self.assertEqual(self.states(sale), ["delivered"])
        self.pay(sale, 40.0)._set_done()
        self.work()
        self.assertEqual(self.states(sale), ["delivered"] * 2)

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

    # === COUNTRIES === #

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

    # === THE END OF ORDERS === #

    def test_a_cancelled_order_gives_its_keys_back(self):
        self.add_keys(1)
        sale = self.sell(2)
        self.env["orion.digital.piece"]._claim(self.company)
        self.assertEqual(self.states(sale), ["claimed", "waiting"])
        sale._action_cancel()
        self.assertEqual(self.states(sale), ["cancelled"] * 2)
        self.assertEqual(self.game.orion_free_key_count, 1)
        self.assertFalse(sale.orion_piece_ids.key_id)

    def test_a_sent_key_stays_with_who_has_it(self):
        self.add_keys(1)
        sale = self.sell(2)
        self.work()
        sale._action_cancel()
        self.assertEqual(self.states(sale), ["delivered", "cancelled"])
        self.assertEqual(sale.orion_piece_ids.key_id.state, "delivered")

    def test_credited_pieces_are_refunded(self):
        self.add_keys(1)
        sale = self.sell(3, paid=False)
        invoice = sale._create_invoices()
        invoice.action_post()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()
        self.work()
        self.assertEqual(sorted(self.states(sale)), ["delivered", "waiting", "waiting"])
        self.credit(invoice, 2)
        self.assertEqual(sorted(self.states(sale)), ["delivered", "refunded", "refunded"])
        self.credit(invoice, 1)
        self.assertEqual(self.states(sale), ["refunded"] * 3)
        key = sale.orion_piece_ids.key_id
        self.assertEqual(key.state, "refunded")
        self.sell()
        self.work()
        self.assertEqual(key.state, "refunded", "never given again")

    def test_a_rebate_takes_no_key_back(self):
        self.add_keys(1)
        sale = self.sell(1, paid=False)
        invoice = sale._create_invoices()
        invoice.action_post()
        self.pay(sale, 20.0)._set_done()
        self.work()
        self.credit(invoice, 1, price=2.0)
        self.assertEqual(self.states(sale), ["delivered"])

    def credit(self, invoice, quantity, price=None):
        wizard = self.env["account.move.reversal"].create(
            {"move_ids": [(6, 0, invoice.ids)], "journal_id": invoice.journal_id.id}
        )
        note = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        with Form(note) as form, form.invoice_line_ids.edit(0) as row:
            row.quantity = quantity
            if price is not None:
                row.price_unit = price
        note.action_post()

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
