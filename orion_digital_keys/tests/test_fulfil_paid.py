from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.orion_orders.tests.common import line, order

from .fulfil_common import FulfilCase


@tagged("post_install", "-at_install")
class TestFulfilPaid(FulfilCase):
    """What is paid gets keys, and nothing else."""

    def test_an_unpaid_order_waits_for_its_invoice(self):
        self.add_keys(1)
        sale = self.sell(paid=False)
        self.assertFalse(sale.orion_piece_ids)
        with self.assertRaises(UserError):
            self.fulfil(sale)
        invoice = sale._create_invoices()
        invoice.action_post()
        self.assertFalse(sale.orion_piece_ids)
        self.pay_invoice(invoice)
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

    def test_a_pending_payment_is_not_done(self):
        sale = self.sell(paid=False)
        self.pay(sale, 20.0)._set_pending()
        self.assertFalse(sale.orion_piece_ids)

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

    # === MARKETPLACES === #

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
        self.mails_leave()
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
