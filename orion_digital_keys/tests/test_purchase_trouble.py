from dataclasses import replace
from decimal import Decimal

from odoo.tests import new_test_user, tagged

from odoo.addons.orion_base.lib.errors import InvalidAnswer, Rejected, UnknownOutcome
from odoo.addons.orion_base.lib.outbox import OperationResult
from odoo.addons.orion_digital_keys.lib.errors import BalanceTooLow, PriceMoved
from odoo.addons.orion_digital_keys.lib.keys_adapter import (
    Balance,
    CodeKind,
    PurchaseStatus,
)

from ..lib.purchasing import PATIENT_CHECKS
from .common import quote
from .trouble_common import TroubleCase


@tagged("post_install", "-at_install")
class TestQuestions(TroubleCase):
    """What a supplier cannot say of one product is nobody else's trouble."""

    def test_one_bad_product_stops_nobody_else(self):
        for number, error in enumerate((Rejected("Gone (410)."), InvalidAnswer("HTML."))):
            with self.subTest(error=error):
                bad = self.another_game(f"BAD{number}")
                self.failing("quote", {f"BAD{number}": error})
                stuck, fine = self.sell(product=bad), self.sell()
                self.work()
                self.assertEqual(self.states(stuck + fine), ["waiting", "delivered"])
                self.assertEqual(self.reasons(stuck), ["purchase_failed"])
                self.assertTrue(stuck.orion_piece_ids.buy_at)
        circuit = self.env["orion.circuit"].search([("channel_id", "=", self.channel_2.id)])
        self.assertNotEqual(circuit.state, "open")

    def test_a_buyer_about_whom_nothing_can_be_asked_stops_nobody_else(self):
        self.channel_2.key_fraud_check = True
        assess = self.supplier.assess

        def refusing(buyer):
            if buyer.email == "bad@example.com":
                raise Rejected("Not allowed (405).")
            return assess(buyer)

        self.supplier.assess = refusing
        bad = self.env["res.partner"].create({"name": "Bad", "email": "bad@example.com"})
        stuck, fine = self.sell(partner_id=bad.id), self.sell()
        self.work()
        self.assertEqual(self.states(stuck + fine), ["waiting", "delivered"])

    def test_another_supplier_within_the_maximum_sells_it(self):
        self.game.orion_maximum_cost = 8.0
        second = self.offer(external_id="G2", sequence=20)
        self.supplier.quotes["G2"] = quote("G2", price="7.90")
        for first in (quote(price="9.00"), quote(available=0), None):
            with self.subTest(first=first):
                self.supplier.quotes["G1"] = first
                if first is None:
                    del self.supplier.quotes["G1"]
                # as told before: nobody knows yet that the first one does not sell
                self.offer_1.write({"available": 5, "unit_price": 7.0, "is_gone": False})
                self.env["orion.key.offer"].search([("external_id", "=", "G2")]).write(
                    {"available": 5, "unit_price": 7.9}
                )
                sale = self.sell()
                self.work()
                self.assertEqual(self.states(sale), ["delivered"])
                self.assertEqual(sale.orion_piece_ids.purchase_id.channel_id, second)

    def test_the_first_offer_within_the_maximum_is_asked_first(self):
        second = self.offer(external_id="G2", sequence=20)
        offer = self.env["orion.key.offer"].search([("external_id", "=", "G2")])
        offer.write({"available": 5, "unit_price": 7.9})
        self.offer_1.write({"available": 5, "unit_price": 9.0})
        best = offer._best(self.game, self.company)
        self.assertEqual(best[self.game], self.offer_1)
        self.game.orion_maximum_cost = 8.0
        self.assertEqual(offer._best(self.game, self.company)[self.game].channel_id, second)

    def test_a_maximum_is_compared_in_the_suppliers_currency(self):
        self.company.currency_id = self.env.ref("base.USD")
        self.env["res.currency.rate"].search([("company_id", "=", self.company.id)]).unlink()
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.env.ref("base.EUR").id,
                "company_id": self.company.id,
                "name": "2020-01-01",
                "rate": 0.8,
            }
        )
        self.game.orion_maximum_cost = 10.0
        for price, state in (("8.00", "delivered"), ("8.01", "waiting")):
            with self.subTest(price=price):
                self.supplier.quotes["G1"] = quote(price=price)
                sale = self.sell()
                self.work()
                self.assertEqual(self.states(sale), [state])


@tagged("post_install", "-at_install")
class TestStock(TroubleCase):
    def test_what_was_bought_is_not_sold_again(self):
        self.supplier.quotes["G1"] = quote(available=3)
        self.offer_1.available = 3
        self.sell(3)
        self.work()
        self.assertEqual(len(self.supplier.orders), 1)
        self.assertEqual(self.offer_1.available, 0)
        self.assertEqual(self.game._orion_key_quantities(self.company)[self.game.id], 0)

    def test_what_is_ordered_is_not_sold_again(self):
        self.supplier.quotes["G1"] = quote(available=3)
        self.supplier.silence = UnknownOutcome("No answer.")
        self.sell(2)
        self.work()
        self.assertEqual(self.purchases().state, "unknown")
        self.assertEqual(self.offer_1.available, 1)

    def test_what_was_refused_is_there_all_the_same(self):
        self.supplier.quotes["G1"] = quote(available=3)
        self.supplier.refusal = Rejected("Not today.")
        self.sell(2)
        self.work()
        self.assertEqual(self.purchases().state, "failed")
        self.assertEqual(self.offer_1.available, 3)

    def test_preorders_count_only_where_they_are_bought(self):
        self.offer_1.write({"available": 4, "is_preorder": True})
        self.assertEqual(self.offer_1.capped, 0)
        self.offer_1.allow_preorder = True
        self.assertEqual(self.offer_1.capped, 4)

    def test_a_product_without_any_source_is_told(self):
        kind = "orion_digital_keys.mail_activity_no_source"
        del self.supplier.quotes["G1"]
        self.offer_1.available = 5
        self.sell()
        self.work()
        self.assertTrue(self.offer_1.is_gone)
        self.assertEqual(len(self.game.activity_search([kind])), 1)
        self.assertLessEqual(self.game._orion_key_quantities(self.company)[self.game.id], 0)
        self.supplier.quotes["G1"] = quote()
        self.quarter_hours(1)
        self.assertFalse(self.game.activity_search([kind]))

    def test_who_has_keys_or_another_supplier_is_told_nothing(self):
        kind = "orion_digital_keys.mail_activity_no_source"
        self.game.orion_key_source = "pool_then_supplier"
        self.offer(external_id="G2")
        self.offer_1.is_gone = True
        self.assertFalse(self.game.activity_search([kind]))
        self.env["orion.key.offer"].search([("external_id", "=", "G2")]).unlink()
        self.add_keys(1)
        self.offer_1.write({"is_gone": True, "available": 0})
        self.assertFalse(self.game.activity_search([kind]))


@tagged("post_install", "-at_install")
class TestMoney(TroubleCase):
    def test_nothing_is_sent_that_cannot_be_paid(self):
        self.has_money("7.99")
        sales = self.sell() | self.sell()
        self.channel_2.sudo()._note_balance(self.supplier.balance())
        self.channel_2.key_low_balance = 0
        self.work()
        self.quarter_hours(8)
        self.assertFalse(self.supplier.sent)
        self.assertFalse(self.purchases())
        self.assertEqual(self.reasons(sales), ["balance_too_low"] * 2)
        [activity] = self.told()
        self.assertIn("7.99 EUR", activity.note)
        self.has_money("16.00")
        self.quarter_hours(2)
        self.assertEqual(self.states(sales), ["delivered"] * 2)
        self.quarter_hours(1)
        self.assertFalse(self.told())

    def test_purchases_of_one_run_share_the_money(self):
        self.has_money("12.00")
        self.channel_2.sudo()._note_balance(self.supplier.balance())
        sales = self.sell() | self.sell()
        self.work()
        self.assertEqual(sorted(self.states(sales)), ["delivered", "waiting"])
        self.assertEqual(len(self.supplier.sent), 1)

    def test_what_was_refused_for_money_is_not_sent_again_before_there_is_more(self):
        """Whatever the supplier says that can be spent."""
        end = self.refuse_always(BalanceTooLow("0.40 EUR are left."))
        sale = self.sell()
        self.work()
        sent = len(self.supplier.sent)
        self.quarter_hours(8)
        self.assertEqual(len(self.supplier.sent), sent)
        self.assertEqual(sale.orion_piece_ids.attempts, 0)
        [activity] = self.told()
        self.assertIn("0.40 EUR", activity.note)
        end()
        # a person knows better
        sale.orion_piece_ids.with_user(self.manager).try_again()
        self.supplier.refusal = PriceMoved("The price is 8.10.")
        self.work()
        self.assertEqual(self.states(sale), ["delivered"], "the price was asked for again")
        self.quarter_hours(1)
        self.assertFalse(self.told())

    def test_a_currency_that_is_not_active_is_no_obstacle(self):
        self.env.ref("base.PLN").active = False
        self.supplier.balance = lambda: Balance(Decimal(9), Decimal(0), Decimal(9), "PLN")
        self.channel_2.sudo()._note_balance(self.supplier.balance())
        self.assertEqual(self.channel_2.key_currency_id, self.env.ref("base.PLN"))
        self.assertIn("9.00 PLN", self.told().note)


@tagged("post_install", "-at_install")
class TestTold(TroubleCase):
    def test_what_nobody_waits_for_is_nobodys_task(self):
        sale = self.sell()
        self.supplier.refusal = UnknownOutcome("No answer.")
        self.work()
        sale._action_cancel()
        for _time in range(3):
            self.time_passes()
            self.work()
        self.assertEqual(self.purchases().state, "failed")
        self.assertFalse(self.told())

    def test_a_task_ends_with_its_cause(self):
        sale = self.sell()
        self.supplier.refusal = Rejected("Not today.")
        self.work()
        [activity] = self.told()
        self.assertEqual(activity.orion_key_reason, "purchase_failed")
        self.quarter_hours(1)
        self.assertTrue(activity.exists())
        sale.orion_piece_ids.with_user(self.manager).release()
        self.work()
        self.quarter_hours(1)
        self.assertFalse(activity.exists())

    def test_who_may_not_work_for_the_company_is_not_told(self):
        other = self.env["res.company"].create({"name": "Other"})
        elsewhere = new_test_user(
            self.env,
            "elsewhere",
            company_id=other.id,
            company_ids=[(6, 0, (other | self.company).ids)],
        )
        self.channel_2.sudo().responsible_id = elsewhere
        elsewhere.company_ids = other
        self.sell()
        self.supplier.refusal = Rejected("Not today.")
        self.work()
        self.assertIn(self.company, self.told().user_id.company_ids)

    def test_an_order_that_was_bought_twice_is_told(self):
        self.supplier.silence = UnknownOutcome("No answer.")
        reconcile = self.supplier.reconcile

        def twice(verb, requests):
            return [
                OperationResult(one.reference, {**one.response, "also_bought": ["SUP-99"]})
                for one in reconcile(verb, requests)
            ]

        self.supplier.reconcile = twice
        sale = self.sell()
        for _time in range(3):
            self.work()
            self.time_passes()
        self.assertEqual(self.states(sale), ["delivered"])
        self.assertEqual(self.purchases().reason, "bought_twice")
        self.assertIn("SUP-99", self.told().note)
        self.quarter_hours(1)
        self.assertTrue(self.told(), "a person has to say that it is settled")


@tagged("post_install", "-at_install")
class TestCodes(TroubleCase):
    def test_a_late_code_is_asked_for_soon(self):
        self.supplier.kinds = [CodeKind.PENDING]
        fetch = self.supplier.fetch_purchase
        self.supplier.fetch_purchase = lambda id_: replace(
            fetch(id_), status=PurchaseStatus.WAITING
        )
        sale = self.sell()
        self.work()
        [purchase] = self.purchases()
        self.assertEqual((purchase.state, self.states(sale)), ("waiting", ["ordered"]))
        self.assertLess((purchase.check_at - purchase.create_date).total_seconds(), 60)

    def test_a_picture_that_is_never_readable_is_told(self):
        self.supplier.kinds = [CodeKind.PENDING]
        sale = self.sell()
        for _time in range(PATIENT_CHECKS + 3):
            self.work()
            self.time_passes()
        self.assertEqual(self.states(sale), ["ordered"])
        [activity] = self.told()
        self.assertEqual(activity.orion_key_reason, "codes_missing")
        [order] = self.supplier.orders.values()
        code = replace(order.codes[0], kind=CodeKind.TEXT, value="READABLE-NOW-SECRET")
        self.supplier.orders[order.reference] = replace(order, codes=(code,))
        self.quarter_hours(2)
        self.assertEqual(self.states(sale), ["delivered"])
        self.assertFalse(self.purchases().reason)
        self.assertFalse(self.told())

    def test_what_a_failed_order_has_delivered_is_billed(self):
        fetch = self.supplier.fetch_purchase
        self.supplier.fetch_purchase = lambda id_: replace(
            fetch(id_), status=PurchaseStatus.FAILED, codes=fetch(id_).codes[:1]
        )
        asked = []
        self.supplier.invoice = asked.append
        self.sell(2)
        self.work()
        self.assertEqual(self.purchases().state, "failed")
        self.assertEqual(asked, ["SUP-1"])

    def test_a_purchase_that_was_given_up_and_found_is_taken_over(self):
        sale = self.sell()
        self.supplier.silence = UnknownOutcome("No answer.")
        self.work()
        [purchase] = self.purchases()
        operation = purchase.operation_id
        operation.with_user(self.manager).cancel(reason="Enough.")
        self.work()
        self.assertEqual((purchase.state, self.states(sale)), ("cancelled", ["held"]))
        operation.with_user(self.manager).retry()
        self.quarter_hours(3)
        self.assertEqual(len(self.supplier.sent), 1, "nothing is bought twice")
        self.assertEqual((purchase.state, self.states(sale)), ("done", ["delivered"]))
        self.assertFalse(purchase.reason_text)

    def test_codes_of_a_purchase_that_was_found_late_go_to_the_pool(self):
        sale = self.sell()
        self.supplier.silence = UnknownOutcome("No answer.")
        self.work()
        [purchase] = self.purchases()
        purchase.operation_id.with_user(self.manager).cancel(reason="Enough.")
        self.work()
        sale.orion_piece_ids.with_user(self.manager).release()
        self.quarter_hours(1)
        self.assertEqual(self.states(sale), ["delivered"])
        self.assertNotEqual(sale.orion_piece_ids.purchase_id, purchase)
        answer = self.supplier._answer(self.supplier.orders[purchase.reference])
        purchase.operation_id.sudo().write({"status": "completed", "response_data": answer})
        purchase._orion_operations_done(purchase.operation_id)
        self.work()
        self.assertEqual(purchase.state, "done")
        self.assertEqual(self.game.orion_free_key_count, 1)
