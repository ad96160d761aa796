from odoo.tests import tagged

from .mail_common import KeyMailCase


@tagged("post_install", "-at_install")
class TestKeyHealth(KeyMailCase):
    def metric(self, name="digital_fulfillment_success_rate"):
        return self.env["orion.health"]._metrics(self.company)[name]

    def sold_hours_ago(self, hours):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE orion_digital_piece SET create_date = create_date - %s * interval '1 hour'",
            (hours,),
        )
        self.env.invalidate_all()

    def test_few_events_say_nothing(self):
        self.sell(3)
        self.sold_hours_ago(2)
        self.assertEqual(self.metric(), {"value": False, "threshold": 0.95, "ok": True})

    def test_pieces_without_a_key_are_failures_after_an_hour(self):
        self.add_keys(30)
        self.send(self.delivered(30))
        self.assertEqual(self.metric(), {"value": 1.0, "threshold": 0.95, "ok": True})
        self.sell(10)
        self.assertTrue(self.metric()["ok"], "they may still get theirs")
        self.sold_hours_ago(2)
        self.assertEqual(self.metric(), {"value": 0.75, "threshold": 0.95, "ok": False})
        self.sold_hours_ago(24)
        self.assertEqual(self.metric()["value"], False)

    def test_a_key_that_has_not_left_is_no_success(self):
        """Reserved, or in an e-mail that no server has taken: nobody has it."""
        self.add_keys(40)
        self.send(self.delivered(30))
        stuck = self.delivered(10)
        self.assertEqual(self.states(stuck), ["delivered"] * 10)
        self.assertEqual(self.metric()["value"], 1.0, "it may still leave")
        self.sold_hours_ago(2)
        self.assertEqual(self.metric()["value"], 0.75)
        self.send(stuck)
        self.assertEqual(self.metric()["value"], 1.0)

    def test_each_metric_is_explained(self):
        texts = self.env["orion.health"]._metric_texts()
        for name in ("digital_fulfillment_success_rate", "catalog_sync_lag_seconds"):
            self.assertIn(name, texts)
            self.assertTrue(self.metric(name)["ok"])
