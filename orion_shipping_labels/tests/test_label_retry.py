from datetime import timedelta

from odoo import fields

from odoo.addons.orion_shipping_labels.lib.label_retry import MOST_RETRIES

from .printed import PrintedCase


class TestFetchingAgain(PrintedCase):
    def fail(self, kind="failing"):
        [sale] = self.sales(kind)
        self.fetched(sale)
        return sale, sale.sudo().orion_label_ids

    def let_time_come(self, label):
        label.next_attempt_at = fields.Datetime.now() - timedelta(seconds=1)

    def cron(self):
        self.env["orion.shipping.label"]._cron_fetch_again()
        self.work()

    def test_by_itself_once_its_time_has_come(self):
        sale, label = self.fail()
        self.assertEqual(label.state, "failed")
        self.assertRegex(label.error_text, "HTTP 500.* fetched again by itself at ")
        self.sandbox.app.answer_with("pdf", sale.orion_shipment_number)
        self.cron()
        self.assertEqual((label.state, self.asked(sale)), ("failed", 1), "not before its time")
        self.let_time_come(label)
        self.cron()
        self.assertEqual((label.state, label.attempts), ("fetched", 2))
        self.assertFalse(label.next_attempt_at or label.error_text)
        self.cron()
        self.assertEqual(self.asked(sale), 2)

    def test_later_and_later_and_then_no_more(self):
        sale, label = self.fail()
        waits = []
        while label.next_attempt_at:
            waits.append(label.next_attempt_at - fields.Datetime.now())
            self.let_time_come(label)
            self.cron()
        self.assertEqual(len(waits), MOST_RETRIES)
        self.assertGreater(waits[-1], 8 * waits[0])
        self.assertEqual(self.asked(sale), MOST_RETRIES + 1)
        self.assertNotIn("by itself", label.error_text)
        label.with_user(self.clerk).action_fetch()
        self.work()
        self.assertTrue(label.next_attempt_at, "asked for by hand it begins anew")

    def test_what_stays_wrong_is_left_to_people(self):
        for kind in ("missing", "huge"):
            _sale, label = self.fail(kind)
            self.assertEqual((label.state, label.next_attempt_at), ("failed", False), kind)

    def test_one_job_a_channel(self):
        sales = self.sales(*["failing"] * 6)
        self.fetched(sales)
        labels = sales.sudo().orion_label_ids
        self.let_time_come(labels)
        jobs = self.env["orion.sync.log"].search_count([("operation_type", "=", "label_fetch")])
        self.cron()
        self.assertEqual(
            self.env["orion.sync.log"].search_count([("operation_type", "=", "label_fetch")]),
            jobs + 1,
        )
        self.assertEqual(set(labels.mapped("attempts")), {2})

    def test_what_was_given_up_is_one_task_a_channel(self):
        kind = "orion_shipping_labels.activity_type_labels"
        self.channel.responsible_id = self.env.user
        sales = self.sales("failing", "failing", "missing")
        self.fetched(sales)
        labels = sales.sudo().orion_label_ids
        for _ in range(MOST_RETRIES):
            self.assertFalse(self.channel.activity_search([kind]))
            self.let_time_come(labels.filtered("next_attempt_at"))
            self.cron()
        self.cron()
        [task] = self.channel.activity_search([kind])
        self.assertIn("half a day: 2, of", task.note)
        self.assertIn("HTTP 500", task.note)
        self.assertEqual(task.user_id, self.channel.responsible_id)
        self.sandbox.app.answer_with("pdf", sales[0].orion_shipment_number)
        labels.filtered("is_given_up").with_user(self.clerk).action_fetch()
        self.work()
        self.cron()
        self.assertFalse(self.channel.activity_search([kind]), "asked for anew")

    def test_no_task_for_what_nobody_ships_any_more(self):
        sale, label = self.fail()
        label.is_given_up = True
        sale.sudo()._orion_change_status("cancelled")
        self.cron()
        kind = "orion_shipping_labels.activity_type_labels"
        self.assertFalse(self.channel.activity_search([kind]))
