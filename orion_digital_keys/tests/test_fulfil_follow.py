from odoo.tests import tagged

from .fulfil_common import FulfilCase


@tagged("post_install", "-at_install")
class TestFulfilFollow(FulfilCase):
    """Pieces follow what becomes of their order."""

    # === OTHER QUANTITIES AND PRODUCTS === #

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

    def test_who_has_a_key_of_fewer_pieces_gets_no_other(self):
        """Whichever of the pieces it is that was delivered."""
        sale = self.sell(3)
        first, second, third = sale.orion_piece_ids
        (first | second)._hold("purchase_failed")
        self.add_keys(1)
        self.work()
        (first | second).release()
        self.assertEqual(third.state, "delivered")
        sale.order_line.product_uom_qty = 1
        self.assertEqual(self.states(sale), ["cancelled", "cancelled", "delivered"])
        self.add_keys(2, start=1)
        self.work()
        self.assertEqual(self.game.orion_free_key_count, 2)
        sale.order_line.product_uom_qty = 2
        self.work()
        self.assertEqual(self.states(sale), ["delivered", "cancelled", "delivered"])
        sale.order_line.product_uom_qty = 4
        self.work()
        self.assertEqual(len(sale.orion_piece_ids), 4)
        self.assertEqual(sorted(self.states(sale)), ["delivered"] * 3 + ["waiting"])

    def test_what_is_given_up_first_is_what_nothing_was_done_for(self):
        self.add_keys(1)
        sale = self.sell(3)
        self.work()
        pieces = sale.orion_piece_ids
        pieces[1].state = "ordered"
        self.assertEqual(pieces._first_to_give_up(), pieces[2] + pieces[1] + pieces[0])

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
        self.pay_invoice(invoice)
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
