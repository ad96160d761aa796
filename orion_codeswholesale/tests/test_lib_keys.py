from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo.addons.orion_base.lib.errors import (
    NotHappened,
    RateLimited,
    ServiceUnavailable,
    UnknownOutcome,
)
from odoo.addons.orion_base.lib.outbox import OperationRequest
from odoo.addons.orion_codeswholesale.lib.orders import map_code, status_of
from odoo.addons.orion_codeswholesale.lib.refusals import RefusedRequest
from odoo.addons.orion_digital_keys.lib.errors import (
    BalanceTooLow,
    PriceMoved,
    ProductGone,
    PurchaseRefused,
    StockShort,
)
from odoo.addons.orion_digital_keys.lib.keys_adapter import (
    VERB,
    Buyer,
    CodeKind,
    PurchaseOrder,
    PurchaseStatus,
)

from sandbox.codeswholesale.seed.product_maker import IMAGE, ORDINARY, POOR, PREORDER

from .lib_common import NOW, SupplierCase, request


class TestBuying(SupplierCase):
    def setUp(self):
        super().setUp()
        self.keys = self.adapter()
        self.price = str(self.keys.quote([ORDINARY])[ORDINARY].unit_price(2))

    def buy(self, reference="r1", product=ORDINARY, quantity=2, **given):
        given.setdefault("price", self.price)
        (result,) = self.keys.send(VERB, [request(reference, product, quantity, **given)])
        return result

    def bought(self):
        return self.control.effects()["bought"]

    def test_bought_and_fetched(self):
        result = self.buy()
        self.assertIsNone(result.error)
        self.assertEqual(set(result.response), {"supplier_order_id", "status", "total"})
        self.assertEqual(result.response["status"], "waiting")
        self.assertEqual(Decimal(result.response["total"]), 2 * Decimal(self.price))
        order_id = result.response["supplier_order_id"]
        self.assertEqual(self.keys.fetch_purchase(order_id).codes, ())
        self.control.set_clock(advance=1)
        found = self.keys.fetch_purchase(order_id)
        self.assertEqual((found.status, found.reference), (PurchaseStatus.COMPLETE, "r1"))
        self.assertEqual([code.value for code in found.codes], self.control.codes()["r1"])
        for code in found.codes:
            self.assertNotIn(code.value, repr(found))
        self.assertTrue(self.keys.invoice(order_id).pdf.startswith(b"%PDF"))

    def test_refusals_by_number_and_by_what_the_offer_says(self):
        cases = (
            (BalanceTooLow, {"product": POOR, "price": self.price_of(POOR)}),
            (ProductGone, {"product": "unknown"}),
            (PriceMoved, {"price": "0.01"}),
            (StockShort, {"quantity": 501}),
        )
        for expected, given in cases:
            with self.subTest(expected=expected.__name__):
                self.assertIsInstance(self.buy(**given).error, expected)
        self.control.arm("odd_refusal", operation="buy")
        self.assertIs(type(self.buy().error), PurchaseRefused)
        self.control.arm("status", operation="buy", status=405)
        self.assertIs(type(self.buy().error), PurchaseRefused)
        self.assertEqual(self.bought(), {})

    def test_a_refusal_stays_one_when_nothing_more_can_be_asked(self):
        self.control.arm("status", operation="product", status=500)
        self.assertIs(type(self.buy(price="0.01").error), PurchaseRefused)

    def price_of(self, product):
        return str(self.keys.quote([product])[product].unit_price(2))

    def test_each_fault_before_and_after_the_purchase_is_settled(self):
        # the history alone says what was bought
        self.control.configure(finds_by_reference=False)
        faults = ("status", "hang", "reset", "hang_up", "html", "broken_json", "empty")
        for when in ("before", "after"):
            for kind in faults:
                reference = f"{kind}-{when}"
                with self.subTest(reference):
                    options = {"status": 500} if kind == "status" else {}
                    options |= {"seconds": 2} if kind == "hang" else {}
                    self.control.arm(kind, operation="buy", when=when, **options)
                    with self.assertRaises(UnknownOutcome):
                        self.buy(reference)
                    asked = request(reference, ORDINARY, 2, self.price)
                    (settled,) = self.keys.reconcile(VERB, [asked])
                    if when == "before":
                        self.assertIsInstance(settled.error, NotHappened)
                    else:
                        self.assertIsNone(settled.error)
                        self.assertTrue(settled.response["supplier_order_id"])
                    self.assertEqual(self.bought().get(reference, 0), int(when == "after"))

    def test_a_refused_question_says_nothing_of_the_purchase(self):
        self.buy("asked")
        asked = request("asked", ORDINARY, 2, self.price)
        for operation, statuses in (("history", (302, 400, 404, 405, 409, 422)), ("order", (400,))):
            for status in statuses:
                with self.subTest(operation=operation, status=status):
                    self.control.configure(history_seconds=600 if operation == "order" else 0)
                    self.control.arm("status", operation=operation, status=status)
                    (settled,) = self.keys.reconcile(VERB, [asked])
                    self.assertIs(type(settled.error), UnknownOutcome)
                    self.assertEqual(settled.error.details["status"], status)

    def test_a_refusal_that_may_be_of_a_repeated_call_is_not_believed(self):
        """The first call was answered by nobody, the second one with a number nobody knows."""
        self.control.configure(finds_by_reference=False)
        for status in (400, 405, 409, 422):
            with self.subTest(status=status):
                reference = f"again-{status}"
                self.assertIsNone(self.buy(reference).error)
                self.control.arm("status", operation="buy", when="before", status=status)
                self.assertIsNone(self.buy(reference).error)
                self.control.arm("status", operation="buy", when="before", status=status)
                self.control.arm("status", operation="history", status=400)
                self.assertIs(type(self.buy(reference).error), UnknownOutcome)
                self.assertEqual(self.bought()[reference], 1)
        self.control.arm("status", operation="buy", status=409)
        self.assertIs(type(self.buy("never").error), UnknownOutcome)

    def test_all_pages_of_the_history_are_searched(self):
        self.control.configure(finds_by_reference=False, history_page_size=2)
        for number in range(5):
            self.buy(f"page-{number}")
        for number in range(5):
            asked = request(f"page-{number}", ORDINARY, 2, self.price)
            (settled,) = self.keys.reconcile(VERB, [asked])
            self.assertIsNone(settled.error)
        (settled,) = self.keys.reconcile(VERB, [request("page-5", ORDINARY, 2, self.price)])
        self.assertIsInstance(settled.error, NotHappened)

    def test_a_late_history_does_not_make_it_unbought(self):
        self.buy("late")
        self.control.configure(history_seconds=600)
        (settled,) = self.keys.reconcile(VERB, [request("late", ORDINARY, 2, self.price)])
        self.assertIsNone(settled.error)

    def test_the_history_is_searched_around_the_sending(self):
        self.buy("old")
        self.control.set_clock(advance=7 * 86400)
        sent = NOW + timedelta(minutes=3)
        (settled,) = self.keys.reconcile(VERB, [request("old", ORDINARY, 2, sent_at=sent)])
        self.assertIsNone(settled.error)

    def test_no_history_is_no_answer(self):
        self.control.arm("no_items", operation="history")
        with self.assertRaises(UnknownOutcome):
            self.keys.reconcile(VERB, [request("x", ORDINARY)])

    def test_already_reported(self):
        self.buy("twice")
        self.control.configure(knows_repeats=True)
        self.assertIsNone(self.buy("twice").error)
        self.assertEqual(self.bought(), {"twice": 1})
        self.control.arm("already_reported", operation="buy")
        self.assertIsInstance(self.buy("never").error, UnknownOutcome)
        for options in ({"kind": "low_limit"}, {"kind": "status", "status": 503}):
            with self.subTest(options):
                self.control.arm(operation="history", **options)
                self.assertIs(type(self.buy("twice").error), UnknownOutcome)
        self.assertEqual(self.bought(), {"twice": 1})

    def test_who_does_not_serve_may_have_sold(self):
        """A gateway's 503 or 429 may come behind the purchase; before the call nothing has."""
        self.control.configure(finds_by_reference=False)
        for status in (429, 503):
            for when in ("before", "after"):
                reference = f"{status}-{when}"
                with self.subTest(reference):
                    self.control.arm("status", operation="buy", when=when, status=status)
                    with self.assertRaises(UnknownOutcome):
                        self.buy(reference)
                    (settled,) = self.keys.reconcile(
                        VERB, [request(reference, ORDINARY, 2, self.price)]
                    )
                    self.assertEqual(isinstance(settled.error, NotHappened), when == "before")
                    self.assertEqual(self.bought().get(reference, 0), int(when == "after"))
        self.control.expire_tokens()
        self.tokens._tokens.clear()
        self.control.arm("status", operation="token", status=503)
        with self.assertRaises(ServiceUnavailable):
            self.buy("never-sent")
        full = patch.object(self.keys._client._limits, "wait", side_effect=RateLimited("Full."))
        with full, self.assertRaises(RateLimited):
            self.buy("never-sent")

    def test_what_was_bought_twice_is_told(self):
        self.control.configure(finds_by_reference=False)
        asked = request("twice", ORDINARY, 2, self.price)
        first, second = (self.buy("twice").response["supplier_order_id"] for _time in range(2))
        (settled,) = self.keys.reconcile(VERB, [asked])
        known = {settled.response["supplier_order_id"], *settled.response["also_bought"]}
        self.assertEqual(known, {first, second})

    def test_an_order_that_ended_is_not_taken_for_the_purchase(self):
        self.control.configure(finds_by_reference=False, complete_seconds=0)
        for ends in ((None, "Cancelled"), ("Cancelled", None)):
            reference = f"ends-{ends[0]}"
            ids = []
            for end in ends:
                if end:
                    self.control.arm("order_ends", operation="buy", status=end)
                ids.append(self.buy(reference).response["supplier_order_id"])
            (settled,) = self.keys.reconcile(VERB, [request(reference, ORDINARY, 2)])
            self.assertEqual(settled.response["supplier_order_id"], ids[ends.index(None)])
            self.assertNotIn("also_bought", settled.response)

    def test_the_history_is_searched_from_the_first_sending_on(self):
        """What was sent again may have been bought by the first call."""
        self.control.configure(finds_by_reference=False)
        self.buy("first")
        self.control.set_clock(advance=3600)
        order = PurchaseOrder("first", ORDINARY, 2, self.price, intended_at=NOW)
        again = OperationRequest(
            "key:first", VERB, order.as_payload(), NOW + timedelta(seconds=3600)
        )
        (settled,) = self.keys.reconcile(VERB, [again])
        self.assertIsNone(settled.error)

    def test_preorders(self):
        price = self.price_of(PREORDER)
        self.assertIsInstance(self.buy("early", PREORDER, price=price).error, StockShort)
        order_id = self.buy("early", PREORDER, price=price, preorder=True).response[
            "supplier_order_id"
        ]
        self.control.set_clock(advance=1)
        codes = self.keys.fetch_purchase(order_id).codes
        self.assertEqual([code.kind for code in codes], [CodeKind.PENDING] * 2)
        self.assertEqual(self.keys.fetch_code(codes[0].external_id).kind, CodeKind.PENDING)
        self.control.release(PREORDER)
        self.assertEqual(self.keys.fetch_code(codes[0].external_id).kind, CodeKind.TEXT)


class TestLooking(SupplierCase):
    def test_quotes(self):
        keys = self.adapter()
        self.control.change(IMAGE, listed=False)
        quotes = keys.quote([ORDINARY, IMAGE, PREORDER, ORDINARY])
        self.assertEqual(set(quotes), {ORDINARY, PREORDER})
        self.assertTrue(quotes[PREORDER].is_preorder)
        self.assertLess(quotes[ORDINARY].unit_price(100), quotes[ORDINARY].unit_price(1))
        self.assertEqual(self.asked("product"), 3)

    def test_one_bad_id_does_not_stop_the_others(self):
        keys = self.adapter()
        for status in (400, 404, 422):
            with self.subTest(status=status):
                self.control.arm("status", operation="product", status=status)
                self.assertEqual(set(keys.quote([IMAGE, ORDINARY])), {ORDINARY})
        self.control.arm("status", operation="product", status=409)
        with self.assertRaises(RefusedRequest):
            keys.quote([IMAGE, ORDINARY])

    def test_balance(self):
        self.control.set_balance(12.5, credit=2)
        balance = self.adapter().balance()
        expected = (Decimal("12.5"), Decimal(2), Decimal("14.5"))
        self.assertEqual((balance.amount, balance.credit, balance.usable), expected)

    def test_scores(self):
        self.control.score("a@example.com", 2.5)
        keys = self.adapter()
        found = keys.assess(Buyer("a@example.com", "203.0.113.9"))
        self.assertEqual((found.score, found.signs), (Decimal("2.5"), ("domain_blacklisted",)))
        self.assertIsNone(keys.assess(Buyer("a@example.com")))
        self.control.arm("status", operation="security", status=422)
        self.assertIsNone(keys.assess(Buyer("a@example.com", "203.0.113.9")))

    def test_invoices_that_are_none(self):
        keys = self.adapter()
        price = str(keys.quote([ORDINARY])[ORDINARY].unit_price(1))
        (result,) = keys.send(VERB, [request("i", ORDINARY, 1, price)])
        order_id = result.response["supplier_order_id"]
        self.assertIsNone(keys.invoice(order_id))
        self.control.set_clock(advance=1)
        self.control.arm("broken_invoice", operation="invoice")
        self.assertIsNone(keys.invoice(order_id))
        self.assertIsNotNone(keys.invoice(order_id))


class TestCodes(SupplierCase):
    def test_pictures(self):
        keys = self.adapter()
        price = str(keys.quote([IMAGE])[IMAGE].unit_price(1))
        (result,) = keys.send(VERB, [request("p", IMAGE, 1, price)])
        self.control.set_clock(advance=1)
        order_id = result.response["supplier_order_id"]
        self.control.arm("broken_image", operation="order")
        (broken,) = keys.fetch_purchase(order_id).codes
        self.assertEqual(broken.kind, CodeKind.PENDING)
        (code,) = keys.fetch_purchase(order_id).codes
        self.assertEqual((code.kind, code.value[:4]), (CodeKind.IMAGE, b"\x89PNG"))
        self.assertTrue(code.filename.endswith(".png"))

    def test_kinds(self):
        for given, kind, value in (
            ({"codeType": "CODE_TEXT", "code": " AB-1 "}, CodeKind.TEXT, "AB-1"),
            ({"codeType": "PRE_ORDER", "code": ""}, CodeKind.PENDING, ""),
            ({"codeType": "CODE_PREORDER"}, CodeKind.PENDING, ""),
            ({"codeType": "CODE_HOLOGRAM", "code": "AB"}, CodeKind.TEXT, "AB"),
            ({"codeType": "CODE_TEXT", "code": "https://x.example/1"}, CodeKind.LINK, None),
        ):
            with self.subTest(given=given):
                code = map_code({"codeId": "1", **given})
                self.assertEqual(code.kind, kind)
                if value is not None:
                    self.assertEqual(code.value, value)
        path = {"codeType": "CODE_IMAGE", "code": "AAAA", "filename": r"..\..\a/../b.png"}
        self.assertEqual(map_code(path).filename, "b.png")

    def test_words_of_orders(self):
        code = map_code({"codeId": "1", "codeType": "CODE_TEXT", "code": "A"})
        self.assertEqual(status_of("COMPLETED"), PurchaseStatus.COMPLETE)
        self.assertEqual(status_of("Fulfilling"), PurchaseStatus.WAITING)
        self.assertEqual(status_of("Cancelled"), PurchaseStatus.FAILED)
        self.assertEqual(status_of("WAREHOUSED"), PurchaseStatus.WAITING)
        self.assertEqual(status_of("WAREHOUSED", [code]), PurchaseStatus.COMPLETE)
