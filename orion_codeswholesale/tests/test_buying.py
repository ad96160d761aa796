from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.orion_digital_keys.tests.common import let_mails_leave
from odoo.addons.orion_digital_keys.vault import open_key

from sandbox.codeswholesale.seed.product_maker import IMAGE, ORDINARY, POOR, PREORDER

from ..lib.keys_adapter import CodesWholesaleKeysAdapter
from .buying_common import BuyingCase


@tagged("post_install", "-at_install")
class TestBuying(BuyingCase):
    """What is bought, what is refused, and for whom."""

    # === WHAT GOES WELL === #

    def test_bought_when_it_is_sold_and_delivered(self):
        order = self.buy(quantity=2)
        self.assertEqual(self.states(order), ["delivered"] * 2)
        self.assertEqual(self.keys(order), self.told())
        (purchase,) = self.purchases()
        self.assertEqual((purchase.state, purchase.quantity), ("done", 2))
        self.assertEqual(self.bought(), {purchase.reference: 1})
        self.assertAlmostEqual(purchase.cost, 2 * purchase.unit_price)
        self.assertTrue(purchase.supplier_order_id)
        let_mails_leave(self.env)
        self.assertEqual(order.orion_status, "fulfilled")
        self.assertEqual(purchase.batch_ids.unit_cost, purchase.unit_price)

    def test_no_key_is_in_what_is_kept_of_the_call(self):
        order = self.buy()
        (key,) = self.keys(order)
        operation = self.purchases().operation_id
        kept = str(operation.read()) + str(self.env["orion.sync.log"].search([]).read())
        self.assertNotIn(key, kept)
        self.assertEqual(set(operation.response_data), {"supplier_order_id", "status", "total"})

    def test_the_price_of_the_quantity_is_told(self):
        order = self.buy(quantity=10)
        (purchase,) = self.purchases()
        bands = self.channel_quote().bands
        self.assertEqual(purchase.unit_price, float(bands[1].price))
        self.assertEqual(len(self.keys(order)), 10)

    def test_an_order_that_takes_its_time(self):
        self.control.configure(complete_seconds=3600)
        order = self.buy()
        self.assertEqual(self.states(order), ["ordered"])
        self.assertEqual(self.purchases().state, "waiting")
        self.control.set_clock(advance=3600)
        self.time_passes()
        self.assertEqual(self.states(order), ["delivered"])

    def test_pictures(self):
        self.control.arm("broken_image", operation="order")
        order = self.buy(IMAGE)
        self.assertEqual(self.states(order), ["ordered"])
        self.time_passes()
        self.assertEqual(self.states(order), ["delivered"])
        key = order.orion_piece_ids.key_id
        self.assertEqual((key.kind, open_key(key)[:4]), ("image", b"\x89PNG"))

    def test_preorders_only_where_they_are_allowed(self):
        order = self.buy(PREORDER)
        self.assertEqual(
            (self.states(order), order.orion_piece_ids.reason), (["waiting"], "preorder_only")
        )
        self.assertEqual(self.bought(), {})
        order.orion_piece_ids.product_id.orion_key_offer_ids.allow_preorder = True
        self.time_passes()
        self.assertEqual(self.states(order), ["preordered"])
        self.assertEqual(self.purchases().state, "preorder")
        self.control.release(PREORDER)
        self.time_passes()
        self.assertEqual(self.states(order), ["delivered"])
        self.assertEqual(self.keys(order), self.told())
        self.assertEqual(len(self.bought()), 1)

    # === REFUSALS === #

    def test_a_refusal_that_the_offer_does_not_explain_is_for_a_person(self):
        self.control.arm("price_moved", operation="buy")
        order = self.buy()
        # the offer has not moved, so the refusal is none of the price
        self.assertEqual(self.purchases()[0].state, "failed")
        self.assertEqual(self.states(order), ["held"])

    def test_a_moved_price_is_paid_within_the_maximum(self):
        product = self.publish(ORDINARY)
        quote = self.channel_quote()
        order = self.sell(product)
        with self.price_moves_before_the_order(percent=10):
            self.work()
        self.assertEqual(self.states(order), ["delivered"])
        self.assertEqual(len(self.purchases()), 2)
        self.assertEqual(sorted(self.purchases().mapped("state")), ["done", "failed"])
        self.assertEqual(len(self.bought()), 1)
        self.assertAlmostEqual(
            self.purchases()[0].cost, float(quote.unit_price(1)) * 1.1, delta=0.01
        )

    def test_a_price_above_the_maximum_is_not(self):
        product = self.publish(ORDINARY)
        product.orion_maximum_cost = float(self.channel_quote().unit_price(1)) * 1.05
        order = self.sell(product)
        with self.price_moves_before_the_order(percent=10):
            self.work()
        self.assertEqual(self.states(order), ["waiting"])
        self.assertEqual(order.orion_piece_ids.reason, "price_too_high")
        self.assertEqual(self.bought(), {})
        self.control.change(ORDINARY, percent=-20)
        self.sync()
        self.work()
        self.assertEqual(self.states(order), ["delivered"])

    def price_moves_before_the_order(self, percent):
        """Between the quote and the order."""
        send = CodesWholesaleKeysAdapter.send
        moved = []

        def moving(adapter, verb, requests):
            if not moved:
                moved.append(self.control.change(ORDINARY, percent=percent))
            return send(adapter, verb, requests)

        return patch.object(CodesWholesaleKeysAdapter, "send", moving)

    def test_too_few_are_bought_as_far_as_they_go(self):
        product = self.publish(ORDINARY)
        self.control.change(ORDINARY, quantity=2)
        order = self.sell(product, 3)
        self.work()
        self.assertEqual(sorted(self.states(order)), ["delivered", "delivered", "waiting"])
        self.control.change(ORDINARY, quantity=5)
        self.sync()
        self.work()
        self.assertEqual(self.states(order), ["delivered"] * 3)
        self.assertEqual(len(set(self.keys(order))), 3)

    def test_a_balance_that_is_too_low(self):
        self.control.set_balance(0)
        order = self.buy()
        self.assertEqual(
            (self.states(order), order.orion_piece_ids.reason), (["waiting"], "balance_too_low")
        )
        summaries = self.channel.activity_ids.mapped("summary")
        self.assertEqual(len(summaries), len(set(summaries)))
        self.assertTrue(self.channel.is_key_balance_low)
        self.control.set_balance(500)
        self.channel.refresh_key_balance()
        self.work()
        self.assertEqual(self.states(order), ["delivered"])
        self.assertFalse(self.channel.is_key_balance_low)

    def test_a_product_that_is_gone(self):
        product = self.publish(ORDINARY)
        self.control.change(ORDINARY, listed=False)
        order = self.sell(product)
        self.work()
        self.assertEqual(self.states(order), ["waiting"])
        self.assertEqual(order.orion_piece_ids.reason, "product_gone")
        self.assertEqual(self.bought(), {})

    def test_an_account_that_can_never_pay(self):
        order = self.buy(POOR)
        self.assertEqual(order.orion_piece_ids.reason, "balance_too_low")
        self.assertEqual(self.bought(), {})

    def test_an_order_that_the_supplier_cancels(self):
        self.control.arm("order_ends", operation="buy", status="Cancelled")
        order = self.buy()
        self.assertEqual(self.purchases().state, "failed")
        self.assertEqual(self.states(order), ["held"])
        self.env["orion.digital.piece"]._cron_try_again()
        self.time_passes()
        self.assertEqual(len(self.purchases()), 1, "a person looks before it is bought again")
        self.assertFalse(order.orion_piece_ids.key_id)

    def test_too_few_codes_are_asked_for_again(self):
        self.control.arm("missing_codes", operation="order", count=1)
        order = self.buy(quantity=2)
        # the first one waits a moment, to be sent together with the other
        self.assertEqual(sorted(self.states(order)), ["claimed", "ordered"])
        self.time_passes()
        self.assertEqual(self.states(order), ["delivered"] * 2)
        self.assertEqual(self.keys(order), self.told())

    # === THE CUSTOMER === #

    def test_nothing_is_bought_for_the_wrong_country(self):
        self.control.change(ORDINARY, regions=["PL"])
        self.sync()
        order = self.buy()
        self.assertEqual((self.states(order), order.orion_piece_ids.reason), (["held"], "region"))
        self.assertEqual(self.bought(), {})
        self.assertNotIn("product", self.control.effects()["requests"])

    def test_a_risky_buyer_is_held_before_anything_is_bought(self):
        self.channel.key_fraud_check = True
        self.control.score("lea@example.com", 2.5)
        product = self.publish(ORDINARY)
        order = self.sell(product)
        order.sudo().orion_customer_ip = "203.0.113.9"
        self.work()
        self.assertEqual((self.states(order), order.orion_piece_ids.reason), (["held"], "fraud"))
        self.assertEqual(self.bought(), {})
        order.orion_piece_ids.release("Known")
        self.work()
        self.assertEqual(self.states(order), ["delivered"])
