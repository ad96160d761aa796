from dataclasses import replace
from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.orion_base.lib.errors import InvalidAnswer, Rejected, UnknownOutcome
from odoo.addons.orion_digital_keys.lib.errors import (
    BalanceTooLow,
    PriceMoved,
    ProductGone,
    StockShort,
)
from odoo.addons.orion_digital_keys.lib.keys_adapter import (
    CodeKind,
    FraudScore,
    PriceBand,
    PurchaseStatus,
)

from ..lib.purchasing import PATIENT_CHECKS
from .common import KeysCase, quote


@tagged("post_install", "-at_install")
class TestPurchase(KeysCase):
    def setUp(self):
        super().setUp()
        self.game.orion_key_source = "supplier"
        self.channel_2 = self.offer()

    def purchases(self):
        return self.env["orion.key.purchase"].search([], order="id")

    def piece_reasons(self, sale):
        return sale.orion_piece_ids.mapped("reason")

    def test_what_the_pool_has_not_is_bought(self):
        self.game.orion_key_source = "pool_then_supplier"
        self.add_keys(1)
        sale = self.sell(3)
        self.work()
        self.assertEqual(self.states(sale), ["delivered"] * 3)
        self.mails_leave()
        self.assertEqual(sale.orion_status, "fulfilled")
        [order] = self.supplier.sent
        self.assertEqual((order.quantity, order.unit_price), (2, Decimal("8.00")))
        purchase = self.purchases()
        self.assertEqual((purchase.state, purchase.cost), ("done", 16.0))
        self.assertEqual(purchase.supplier_order_id, "SUP-1")
        self.assertEqual(self.keys_of(sale)[1:], ["BOUGHT-1-1-SECRET", "BOUGHT-1-2-SECRET"])
        self.assertEqual(sale.orion_piece_ids.key_id[1:].mapped("unit_cost"), [8.0, 8.0])

    def test_no_code_passes_through_the_queue(self):
        self.sell()
        self.work()
        operation = self.purchases().operation_id
        said = f"{operation.payload} {operation.response_data}"
        logs = self.env["orion.sync.log"].search([])
        said += "".join(f"{log.state_data} {log.error_details} {log.counts}" for log in logs)
        self.assertNotIn("SECRET", said)
        self.assertEqual(operation.status, "completed")

    def test_an_unknown_outcome_is_bought_exactly_once(self):
        sale = self.sell()
        self.supplier.silence = UnknownOutcome("No answer.")
        self.work()
        self.assertEqual(self.purchases().state, "unknown")
        self.assertEqual(self.states(sale), ["ordered"])
        for _time in range(3):
            self.time_passes()
            self.work()
        self.assertEqual(len(self.supplier.sent), 1)
        self.assertEqual(self.states(sale), ["delivered"])

    def test_what_did_not_happen_is_sent_again_under_its_reference(self):
        sale = self.sell()
        self.supplier.refusal = UnknownOutcome("No answer.")
        self.work()
        self.assertFalse(self.supplier.orders)
        self.time_passes()
        self.work()
        self.time_passes()
        self.work()
        self.assertEqual(len({order.reference for order in self.supplier.sent}), 1)
        self.assertEqual(len(self.supplier.orders), 1)
        self.assertEqual(self.states(sale), ["delivered"])

    def test_polling_goes_on_until_it_is_complete(self):
        self.supplier.ready = False
        sale = self.sell()
        self.work()
        self.assertEqual(self.purchases().state, "waiting")
        first = self.purchases().check_at
        self.time_passes()
        self.work()
        self.assertGreater(self.purchases().check_at, first)
        self.supplier.ready = True
        self.time_passes()
        self.work()
        self.assertEqual(self.states(sale), ["delivered"])

    # === REFUSALS === #

    def test_a_moved_price_is_asked_for_again(self):
        sale = self.sell()
        self.supplier.refusal = PriceMoved("The price is 8.50.")
        self.work()
        self.assertEqual(self.states(sale), ["delivered"])
        self.assertEqual(len({order.reference for order in self.supplier.sent}), 2)
        self.assertEqual(self.purchases().mapped("state"), ["failed", "done"])

    def test_a_price_that_moves_for_ever_is_a_persons_matter(self):
        sale = self.sell()
        refuse = self.supplier._order

        def always(order):
            self.supplier.refusal = PriceMoved("Moved.")
            return refuse(order)

        self.supplier._order = always
        self.work(100)
        self.assertEqual(self.piece_reasons(sale), ["purchase_failed"])
        self.assertEqual(len(self.supplier.sent), 5)
        self.buy_nothing_more()

    def test_above_the_maximum_nothing_is_bought(self):
        self.game.orion_maximum_cost = 7.99
        sale = self.sell()
        self.work()
        self.assertFalse(self.supplier.sent)
        self.assertEqual(self.piece_reasons(sale), ["price_too_high"])
        self.game.orion_maximum_cost = 8.0
        self.work()
        self.assertEqual(self.states(sale), ["delivered"])

    def test_the_band_of_the_quantity_counts(self):
        bands = (PriceBand(1, 9, Decimal("8.00")), PriceBand(10, None, Decimal("7.00")))
        self.supplier.quotes["G1"] = quote(available=50, bands=bands)
        self.sell(10)
        self.work()
        self.assertEqual(self.supplier.sent[0].unit_price, Decimal("7.00"))

    def test_what_the_supplier_has_is_bought_and_the_rest_waits(self):
        self.supplier.quotes["G1"] = quote(available=1)
        sale = self.sell(2)
        self.work()
        self.assertEqual(sorted(self.states(sale)), ["delivered", "waiting"])
        self.assertEqual(self.supplier.sent[0].quantity, 1)
        self.supplier.quotes["G1"] = quote(available=4)
        self.env["orion.key.offer"].search([]).available = 4
        self.work()
        self.assertEqual(self.states(sale), ["delivered"] * 2)

    def test_short_stock_waits_without_a_word(self):
        sale = self.sell()
        self.supplier.refusal = StockShort("Sold out.")
        self.work()
        self.assertEqual(self.piece_reasons(sale), ["out_of_stock"])
        self.assertFalse(self.channel_2.activity_ids)
        self.env["orion.digital.piece"]._cron_try_again()
        self.work()
        self.assertEqual(self.states(sale), ["delivered"])

    def test_a_low_balance_is_one_activity(self):
        sales = self.sell() | self.sell()
        refuse = self.supplier._order

        def always(order):
            self.supplier.refusal = BalanceTooLow("0.40 EUR are left.")
            return refuse(order)

        self.supplier._order = always
        self.work()
        self.assertEqual(self.piece_reasons(sales), ["balance_too_low"] * 2)
        self.assertEqual(len(self.channel_2.activity_ids), 1)
        self.assertIn("0.40 EUR", self.channel_2.activity_ids.note)

    def test_a_product_that_is_gone_is_offered_no_more(self):
        sale = self.sell()
        self.supplier.refusal = ProductGone("Left the price list.")
        self.work()
        self.assertEqual(self.piece_reasons(sale), ["product_gone"])
        offer = self.env["orion.key.offer"].search([("product_id", "=", self.game.id)])
        self.assertEqual(offer.available, 0)

    def test_a_refused_purchase_is_not_sent_again_by_hand(self):
        sale = self.sell()
        self.supplier.refusal = PriceMoved("The price is 8.50.")
        self.work()
        self.assertEqual(self.states(sale), ["delivered"])
        self.purchases()[0].operation_id.with_user(self.manager).retry()
        self.work()
        self.assertEqual(len(self.supplier.orders), 1)

    def test_nobody_sells_it(self):
        self.env["orion.key.offer"].search([]).unlink()
        sale = self.sell()
        self.work()
        self.assertEqual(self.piece_reasons(sale), ["no_offer"])

    # === KINDS === #

    def test_images_and_several_codes_a_line(self):
        self.supplier.kinds = [CodeKind.TEXT, CodeKind.IMAGE]
        sale = self.sell(2)
        self.work()
        self.assertEqual(self.states(sale), ["delivered"] * 2)
        self.assertEqual(self.keys_of(sale), ["BOUGHT-1-1-SECRET", b"\x89PNG secret picture"])

    def test_preorders_are_bought_only_where_that_is_wanted(self):
        self.supplier.quotes["G1"] = quote(available=0, is_preorder=True)
        self.supplier.kinds = [CodeKind.PENDING]
        sale = self.sell()
        self.work()
        self.assertEqual(self.piece_reasons(sale), ["preorder_only"])
        offer = self.env["orion.key.offer"].search([("product_id", "=", self.game.id)])
        offer.allow_preorder = True
        sale.orion_piece_ids.try_again()
        self.work()
        self.assertEqual(self.states(sale), ["preordered"])
        self.assertEqual(self.purchases().state, "preorder")
        self.assertTrue(self.supplier.sent[0].allow_preorder)
        self.time_passes()
        self.work()
        self.assertEqual(self.states(sale), ["delivered"])
        self.assertEqual(self.keys_of(sale), ["LATER-C1-1"])

    def test_a_key_that_the_supplier_sold_twice_is_given_once(self):
        self.supplier._order, order = self._repeating, self.supplier._order
        self._once = order
        first, second = self.sell(), self.sell()
        self.work()
        states = sorted(self.states(first) + self.states(second))
        self.assertEqual(states, ["delivered", "held"])
        self.buy_nothing_more()
        self.assertIn("duplicate_codes", self.purchases().mapped("reason"))
        self.assertTrue(self.channel_2.activity_ids)

    def _repeating(self, order):
        result = self._once(order)
        bought = self.supplier.orders[order.reference]
        code = replace(bought.codes[0], value="THE-SAME-SECRET")
        self.supplier.orders[order.reference] = replace(bought, codes=(code,))
        return result

    def test_keys_beyond_those_that_were_bought_are_sold_to_nobody(self):
        """They may belong to the piece that was bought."""
        self.change_codes(
            lambda codes: (
                *codes,
                replace(
                    codes[0],
                    external_id=f"X-{codes[0].external_id}",
                    value=f"EXTRA-{codes[0].value}",
                ),
            )
        )
        sale, other = self.sell(), self.sell()
        self.work()
        self.assertEqual(self.states(sale + other), ["delivered", "delivered"])
        for key in (*self.keys_of(sale), *self.keys_of(other)):
            self.assertNotIn("EXTRA", key)
        extra = self.env["orion.digital.key"].search([("external_id", "=like", "X-%")])
        self.assertEqual(extra.mapped("state"), ["invalid", "invalid"])
        self.assertEqual(self.game.orion_free_key_count, 0)
        [activity] = self.channel_2.activity_ids
        self.assertEqual(activity.summary, "More Keys than Bought")

    def test_keys_that_never_come_are_told_once(self):
        self.change_codes(lambda codes: codes[:1])
        sale = self.sell(2)
        for _time in range(PATIENT_CHECKS + 3):
            self.work()
            self.time_passes()
        self.assertEqual(sorted(self.states(sale)), ["delivered", "ordered"])
        [activity] = self.channel_2.activity_ids
        self.assertEqual(activity.summary, "Fewer Keys than Bought")
        self.assertIn("1 of 2 keys", activity.note)
        self.assertEqual(len(self.supplier.orders), 1)

    def buy_nothing_more(self):
        """What failed like this costs money each time: a person looks first."""
        bought = len(self.supplier.sent)
        for _time in range(3):
            self.env["orion.digital.piece"]._cron_try_again()
            self.time_passes()
            self.work()
        self.assertEqual(len(self.supplier.sent), bought)

    def change_codes(self, change):
        """The supplier delivers other codes than were bought."""
        sell = self.supplier._order

        def order(bought):
            result = sell(bought)
            data = self.supplier.orders[bought.reference]
            self.supplier.orders[bought.reference] = replace(data, codes=change(data.codes))
            return result

        self.supplier._order = order

    def test_a_question_that_is_refused_is_not_asked_for_ever(self):
        """The others go on, and this one is asked again later."""
        sale = self.sell()
        quote_, asked = self.supplier.quote, []

        def refusing(external_ids):
            asked.append(external_ids)
            raise Rejected("No such product id.")

        self.supplier.quote = refusing
        self.work()
        self.assertEqual(len(asked), 1)
        self.assertEqual(self.states(sale), ["waiting"])
        self.supplier.quote = quote_
        self.time_passes()
        self.work()
        self.assertEqual(self.states(sale), ["delivered"])

    def test_an_order_that_cannot_be_read_keeps_nobody_from_the_others(self):
        fetch = self.supplier.fetch_purchase
        bad, good = self.sell(), self.sell()

        def failing(supplier_order_id):
            purchase = self.purchases().filtered(
                lambda one: one.supplier_order_id == supplier_order_id
            )
            if purchase.piece_ids.order_id == bad:
                raise InvalidAnswer("HTML instead of JSON.")
            return fetch(supplier_order_id)

        self.supplier.fetch_purchase = failing
        for _time in range(PATIENT_CHECKS + 1):
            self.work()
            self.time_passes()
        self.assertEqual(self.states(bad + good), ["ordered", "delivered"])
        self.assertEqual(self.channel_2.activity_ids.summary, "Fewer Keys than Bought")

    def test_keys_of_an_order_that_failed_in_part_are_kept(self):
        self.change_codes(lambda codes: codes[:1])
        fetch = self.supplier.fetch_purchase
        self.supplier.fetch_purchase = lambda id_: replace(fetch(id_), status=PurchaseStatus.FAILED)
        sale = self.sell(2)
        self.work()
        self.assertEqual(sorted(self.states(sale)), ["delivered", "held"])
        self.assertEqual((self.purchases().cost, self.purchases().spent), (16, 8))
        self.buy_nothing_more()

    def test_what_the_supplier_gave_up_costs_nothing(self):
        self.change_codes(lambda codes: ())
        fetch = self.supplier.fetch_purchase
        self.supplier.fetch_purchase = lambda id_: replace(fetch(id_), status=PurchaseStatus.FAILED)
        self.sell(2)
        self.work()
        self.assertEqual((self.purchases().state, self.purchases().cost), ("failed", 16))
        self.assertEqual(self.purchases().spent, 0)

    def test_prices_are_in_the_suppliers_currency(self):
        self.supplier.quotes["G1"] = quote(currency="CHF")
        self.sell()
        self.work()
        self.assertEqual(self.purchases().currency_id, self.env.ref("base.CHF"))
        self.assertEqual(self.purchases().batch_ids.currency_id, self.env.ref("base.CHF"))

    # === ENDS === #

    def test_what_nobody_waits_for_is_not_bought(self):
        sale = self.sell()
        self.supplier.refusal = UnknownOutcome("No answer.")
        self.work()
        sale._action_cancel()
        for _time in range(3):
            self.time_passes()
            self.work()
        self.assertFalse(self.supplier.orders)
        self.assertEqual(self.purchases().state, "failed")

    def test_what_was_bought_for_nobody_comes_into_the_pool(self):
        self.supplier.ready = False
        sale = self.sell()
        self.work()
        sale._action_cancel()
        self.supplier.ready = True
        self.time_passes()
        self.work()
        self.assertEqual(self.states(sale), ["cancelled"])
        self.assertEqual(self.game.orion_free_key_count, 1)
        other = self.sell()
        self.work()
        self.assertEqual(self.states(other), ["delivered"])
        self.assertEqual(len(self.supplier.sent), 1)

    def test_a_risky_buyer_is_held_before_anything_is_bought(self):
        self.channel_2.key_fraud_check = True
        self.supplier.scores["lea@example.com"] = FraudScore(Decimal("1.6"), ("ip_tor",))
        sale = self.sell(orion_customer_ip=False)
        self.work()
        self.assertFalse(self.supplier.sent)
        self.assertEqual(self.piece_reasons(sale), ["fraud"])
        self.assertIn("ip_tor", "".join(sale.message_ids.mapped("body")))
        sale.orion_piece_ids.with_user(self.manager).release()
        self.work()
        self.assertEqual(self.states(sale), ["delivered"])

    def test_countries_are_checked_before_anything_is_bought(self):
        self.game.orion_region_country_ids = self.env.ref("base.us")
        sale = self.sell()
        self.work()
        self.assertEqual(self.piece_reasons(sale), ["region"])
        self.assertFalse(self.supplier.sent)
