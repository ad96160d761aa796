"""What goes wrong is said in the language of who reads it."""

from odoo.tests import tagged
from odoo.tools import html2plaintext

from .common import LetzshopCase


@tagged("post_install", "-at_install")
class TestLanguages(LetzshopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.env.ref("base.user_admin").lang = "fr_FR"
        cls.channel.responsible_id = cls.env.ref("base.user_admin")

    def in_french(self, record):
        return record.with_context(lang="fr_FR")

    def fail_to_import(self):
        with self.engine_cursors():
            result = self.in_french(self.channel).import_orders()
        self.env.invalidate_all()
        self.assertFalse(result["success"])
        return result

    def assert_french(self, text, *words):
        for word in words:
            self.assertIn(word, text)
        for english in (" the ", " key", " right", " refused", "failed", "answer"):
            self.assertNotIn(english, text)

    def test_key_refused(self):
        self.channel.set_credentials(api_key="nonsense")
        result = self.fail_to_import()
        self.assert_french(result["message"], "la clé a été refusée", "127.0.0.1 a refusé la clé")
        self.assert_french(result["errors"][0]["message"], "a refusé la clé")
        self.assertNotIn("sentence", result["errors"][0])
        log = self.in_french(self.channel.log_ids[0])
        self.assert_french(log.first_error, "a refusé la clé")
        self.assert_french(self.in_french(self.channel).last_sync_error, "a refusé la clé")
        self.assertEqual(self.channel.log_ids[0].first_error, "127.0.0.1 refused the key.")

    def test_paused_calls(self):
        self.channel.set_credentials(api_key="nonsense")
        self.fail_to_import()
        self.work()
        activity = self.channel.activity_ids
        self.assert_french(html2plaintext(activity.note), "a refusé la clé")
        self.assert_french(activity.summary, "Letzshop")
        cards = self.env["orion.dashboard"].with_context(lang="de_DE").get_dashboard()["channels"]
        [card] = [card for card in cards if card["id"] == self.channel.id]
        said = " ".join(problem["message"] for problem in card["problems"])
        self.assertIn("hat den Schlüssel abgelehnt", said)

    def test_failing_service_and_full_one(self):
        for status, words in ((500, "est en panne (HTTP 500)"), (429, "demande moins d'appels")):
            with self.subTest(status=status):
                self.control.arm("status", status=status)
                self.assert_french(self.fail_to_import()["message"], words)

    def test_refused_decision(self):
        [shipment] = self.add_orders(quantity=2)
        order = self.imported([shipment])
        order.user_id = self.env.ref("base.user_admin")
        self.control.decide(shipment=shipment, available=False)
        order.orion_confirm()
        self.work()
        self.assertEqual(order.orion_sync_status, "error")
        self.assert_french(order.orion_sync_error, "Letzshop connaît 2 de ces pièces")
        operation = self.env["orion.operation"].search([("res_id", "=", order.id)])
        self.assert_french(self.in_french(operation).error_text, "Letzshop connaît 2")
        self.assertIn("Letzshop has 2 of these", operation.error_text)
        failed = order.activity_ids.filtered(lambda one: "Letzshop connaît" in (one.note or ""))
        self.assert_french(failed.summary, "Confirmer")
        operation.retry()
        self.assertFalse(failed.exists().filtered("active"))
