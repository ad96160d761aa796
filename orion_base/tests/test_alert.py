from unittest.mock import patch

from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .watch_common import WatchMixin


@tagged("post_install", "-at_install")
class TestAlert(WatchMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_watch()
        cls.channel = cls._channel(responsible_id=cls.manager.id)

    def check(self):
        self.env["orion.alert"]._cron_check()

    def alerts(self):
        return self.env["orion.alert"].search([("company_id", "=", self.company.id)])

    def activities(self):
        return self.env["mail.activity"].search(
            [("res_model", "=", "orion.alert"), ("res_id", "in", self.alerts().ids)]
        )

    def test_healthy_makes_nothing(self):
        self.check()
        self.assertFalse(self.alerts())

    def test_crossed_makes_one_activity(self):
        self._operations(self.channel, 101)
        for _run in range(3):
            self.check()
        alert = self.alerts()
        self.assertEqual(alert.metric, "fulfillment_sync_queue_depth")
        self.assertTrue(alert.is_open)
        self.assertEqual((alert.value, alert.threshold), (101, 100))
        activity = self.activities()
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.manager)
        self.assertIn("Queue", activity.note)

    def test_closes_by_itself_and_opens_again(self):
        operations = self._operations(self.channel, 101)
        self.check()
        operations.status = "completed"
        self.check()
        self.assertFalse(self.alerts().is_open)
        self.assertTrue(self.alerts().closed_at)
        self.assertFalse(self.activities())
        operations.status = "pending"
        self.check()
        self.assertEqual(len(self.alerts()), 1)
        self.assertTrue(self.alerts().is_open)
        self.assertEqual(len(self.activities()), 1)

    def test_ticked_off_is_not_told_again(self):
        self._operations(self.channel, 101)
        self.check()
        self.activities().action_done()
        self.check()
        self.assertFalse(self.activities())
        self.assertTrue(self.alerts().is_open)

    def test_any_manager_of_the_company_when_the_responsible_is_none(self):
        self.channel.responsible_id = self.user
        self._operations(self.channel, 101)
        self.check()
        self.assertEqual(self.activities().user_id, self.manager)

    def test_only_managers_of_the_company(self):
        other = self.env["res.company"].create({"name": "Unwatched"})
        self._operations(self._channel("Elsewhere", other), 101)
        with mute_logger("odoo.addons.orion_base.models.orion_alert"):
            self.check()
        alert = self.env["orion.alert"].search([("company_id", "=", other.id)])
        self.assertTrue(alert.is_open)
        self.assertNotIn(self.manager, alert.activity_ids.user_id)
        self.assertFalse(self.alerts())

    def test_metric_of_a_removed_addon_closes(self):
        health = self.env.registry["orion.health"]
        crossed = {"of_an_addon": {"value": 1, "threshold": 0, "ok": False}}
        with patch.object(health, "_metrics", lambda records, companies: crossed):
            self.check()
        self.assertTrue(self.alerts().is_open)
        self.check()
        self.assertFalse(self.alerts().is_open)

    def test_users_read_alerts_of_their_company_only(self):
        self._operations(self.channel, 101)
        self.check()
        self.assertEqual(self.alerts().with_user(self.user).name, self.alerts().name)
        other = self.env["res.company"].create({"name": "Unwatched"})
        stranger = self._new_user("stranger", "orion_base.group_orion_manager", other)
        visible = self.env["orion.alert"].with_user(stranger).search([])
        self.assertNotIn(self.company, visible.sudo().company_id)

    def test_cron_runs_the_check(self):
        self._operations(self.channel, 101)
        with self.enter_registry_test_mode():
            self.env.ref("orion_base.ir_cron_check_alerts").method_direct_trigger()
        self.assertEqual(len(self.activities()), 1)
