"""What workers write is in the language of who looks after it."""

from dataclasses import replace
from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.orion_base.lib.errors import InvalidAnswer
from odoo.addons.orion_digital_keys.lib.errors import ProductGone
from odoo.addons.orion_digital_keys.lib.keys_adapter import FraudScore, PurchaseStatus

from ..lib.purchasing import PATIENT_CHECKS
from .common import KeysCase

ENGLISH = ("The supplier", "Look at", "keys", "Keys", "the order", "Ask ", "Claim", "locked")


@tagged("post_install", "-at_install")
class TestWorkerLanguage(KeysCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.manager.lang = "fr_FR"

    def setUp(self):
        super().setUp()
        self.game.orion_key_source = "supplier"
        self.shop = self.offer()
        self.shop.responsible_id = self.manager

    def deliver(self, codes=None, status=None):
        """The supplier delivers something else than was bought."""
        fetch = self.supplier.fetch_purchase

        def other(order_id):
            data = fetch(order_id)
            changed = codes(data.codes) if codes else data.codes
            return replace(data, codes=changed, status=status or data.status)

        self.supplier.fetch_purchase = other

    def said(self):
        """All that was written for people, by the way."""
        purchase = self.env["orion.key.purchase"].search([], limit=1)
        activities = self.shop.activity_ids
        self.assertTrue(purchase.reason_text)
        return [purchase.reason_text, *activities.mapped("note"), *activities.mapped("summary")]

    def check_french(self, texts):
        for text in texts:
            for words in ENGLISH:
                self.assertNotIn(words, text)

    def test_an_order_that_was_given_up(self):
        self.deliver(status=PurchaseStatus.FAILED)
        self.sell()
        self.work()
        said = self.said()
        self.check_french(said)
        self.assertIn("fournisseur", said[0])

    def test_more_keys_than_bought(self):
        self.deliver(lambda codes: (*codes, replace(codes[0], external_id="X", value="EXTRA-1111")))
        self.sell()
        self.work()
        self.check_french(self.said())

    def test_keys_that_were_sold_before(self):
        self.deliver(lambda codes: (replace(codes[0], value="SAME-1111"),))
        self.sell()
        self.work()
        self.sell()
        self.work()
        self.check_french(self.said())

    def test_fewer_keys_than_bought(self):
        self.deliver(lambda codes: codes[:1])
        self.sell(2)
        for _time in range(PATIENT_CHECKS + 2):
            self.work()
            self.time_passes()
        self.check_french(self.said())

    def test_a_refusal(self):
        self.supplier.refusal = ProductGone("Left the price list.")
        self.sell()
        self.work()
        activities = self.shop.activity_ids
        self.check_french([*activities.mapped("summary")])
        self.assertIn("Clés numériques", activities.note)

    def test_an_order_that_cannot_be_read(self):
        error = InvalidAnswer("HTML instead of JSON.")

        def failing(_order_id):
            raise error

        self.supplier.fetch_purchase = failing
        self.sell()
        for _time in range(PATIENT_CHECKS + 1):
            self.work()
            self.time_passes()
        self.assertTrue(self.shop.activity_ids)

    def test_a_risky_buyer(self):
        self.shop.key_fraud_check = True
        self.supplier.scores["lea@example.com"] = FraudScore(Decimal("1.6"), ("ip_tor",))
        sale = self.sell(user_id=self.manager.id)
        self.work()
        [note] = [body for body in sale.message_ids.mapped("body") if "ip_tor" in body]
        self.assertNotIn("Keys held", note)
        self.assertIn("Clés", note)

    def test_nobody_is_asked_about_while_that_is_off(self):
        self.sell()
        self.work()
        self.assertFalse(self.supplier.assessed)
