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

    def import_as_a_worker(self):
        self.channel._request_job("order_import", triggered_by="scheduler")
        self.work()
        log = self.channel.log_ids.sorted("id")[-1]
        self.assertIn(log.status, ("success", "partial", "failed"))
        return log

    def notes(self, order):
        bodies = order.message_ids.filtered("body").mapped("body")
        return html2plaintext(" ".join(bodies))

    def test_what_a_worker_notes_on_orders(self):
        taken, refused = self.add_orders(2, quantity=2)
        [unknown] = self.add_orders(known=False)
        self.import_as_a_worker()
        orders = self.env["sale.order"].search([("orion_channel_id", "=", self.channel.id)])
        by_id = {order.orion_external_id: order for order in orders}
        self.control.decide(shipment=taken)
        self.control.decide(shipment=unknown)
        self.control.decide(shipment=refused, available=False)
        self.control.give_back([self.control.shipment(taken)["units"][0]["id"]])
        self.import_as_a_worker()
        self.assertEqual(by_id[taken].state, "sale")
        self.assert_french(
            self.notes(by_id[taken]), "Acceptée sur la place de marché", "Retour sur Letzshop"
        )
        self.assert_french(self.notes(by_id[refused]), "Refusée sur la place de marché")
        self.assertEqual(by_id[unknown].orion_sync_status, "error")
        self.assert_french(by_id[unknown].orion_sync_error, "produits manquants")

    def test_what_a_worker_stores_of_orders_that_fail(self):
        self.add_orders()
        self.control.arm("money", shape="number", times=None)
        self.control.arm("missing_fields", names=["price"], times=None)
        log = self.import_as_a_worker()
        self.assertEqual(log.records_failed, 1)
        kept = self.env["orion.order.payload"].search([("channel_id", "=", self.channel.id)])
        self.assert_french(kept.error, "Letzshop n'indique pas de prix")
        self.assert_french(self.in_french(log).first_error, "Letzshop n'indique pas de prix")
        self.assertEqual(log.first_error, "Letzshop gives no price for a piece of the shipment.")

    def test_results_are_in_the_callers_language(self):
        with self.engine_cursors():
            french = self.in_french(self.channel).import_orders(external_ids=["nope"])
            english = self.channel.import_orders(external_ids=["nope"])
        self.assert_french(french["errors"][0]["message"], "ne connaît pas", "nope")
        self.assertIn("does not know an order nope", english["errors"][0]["message"])
