from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

from .watch_common import WatchMixin


@tagged("post_install", "-at_install")
class TestDashboard(WatchMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_watch()

    def dashboard(self, user=None):
        user = user or self.manager
        return (
            self.env["orion.dashboard"]
            .with_user(user)
            .with_context(allowed_company_ids=user.company_ids.ids)
            .get_dashboard()
        )

    def card(self, channel):
        [card] = [card for card in self.dashboard()["channels"] if card["id"] == channel.id]
        return card

    def figures(self, channel):
        return {figure["name"]: figure["value"] for figure in self.card(channel)["figures"]}

    def test_empty(self):
        data = self.dashboard()
        self.assertEqual(data["channels"], [])
        self.assertTrue(data["can_manage"])
        self.assertTrue(self.env.ref(data["connect_action"]))
        self.assertFalse(self.dashboard(self.user)["can_manage"])

    def test_needs_the_group(self):
        outsider = new_test_user(self.env, "outsider", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.dashboard(outsider)

    def test_only_allowed_companies(self):
        mine = self._channel("Mine")
        other = self.env["res.company"].create({"name": "Other"})
        self._channel("Theirs", other)
        data = self.dashboard()
        self.assertEqual([card["id"] for card in data["channels"]], mine.ids)
        self.assertFalse(data["multi_company"])
        self.manager.company_ids |= other
        self.assertTrue(self.dashboard()["multi_company"])

    def test_figures_count_and_lead_to_their_records(self):
        channel = self._channel()
        self._operations(channel, 2)
        self._operations(channel, 1, status="processing")
        self._operations(channel, 4, status="failed")
        self._operations(channel, 5, status="unknown")
        self._operations(channel, 6, status="completed")
        self._operations(self._channel("Another"), 9)
        self.assertEqual(
            self.figures(channel) | {"waiting": 3, "failed": 4, "unknown": 5},
            self.figures(channel),
        )
        for figure in self.card(channel)["figures"][:3]:
            model = self.env.ref(figure["action"]).res_model
            self.assertEqual(self.env[model].search_count(figure["domain"]), figure["value"])

    def test_times(self):
        channel = self._channel()
        self.assertEqual(
            (self.card(channel)["last_success"], self.card(channel)["next_run"]), (False, False)
        )
        log = self._log(channel, age_minutes=30)
        self._log(channel, "failed", age_minutes=1)
        schedule = self._schedule(channel)
        card = self.card(channel)
        self.assertEqual(card["last_success"], fields.Datetime.to_string(log.completed_at))
        self.assertEqual(card["next_run"], fields.Datetime.to_string(schedule.next_run_at))
        schedule.enabled = False
        self.assertFalse(self.card(channel)["next_run"])

    def test_graph(self):
        channel = self._channel()
        self._log(channel, records_succeeded=3, records_failed=1, age_minutes=0)
        self._log(channel, records_succeeded=4, age_minutes=0)
        self._log(channel, records_succeeded=50, age_minutes=20 * 24 * 60)
        days = self.env["orion.dashboard"]._graphs(channel)[channel.id]["days"]
        self.assertEqual(len(days), 14)
        self.assertEqual(days, sorted(days, key=lambda day: day["date"]))
        self.assertEqual((days[-1]["good"], days[-1]["bad"]), (7, 1))
        self.assertEqual(sum(day["good"] for day in days), 7)

    def test_open_circuit_says_what_to_do(self):
        channel = self._channel()
        self.assertEqual(self.card(channel)["problems"], [])
        self.env["orion.circuit"].create(
            {
                "channel_id": channel.id,
                "state": "open",
                "error_code": "unauthorised",
                "reason": "The key was refused.",
            }
        )
        [problem] = self.card(channel)["problems"]
        self.assertIn("The key was refused.", problem["message"])
        self.assertIn("valid key", problem["message"])

    def test_missing_key(self):
        channel = self._channel()
        needs = patch.object(
            self.env.registry["orion.channel"], "_secret_names", lambda channel: ("api_key",)
        )
        with needs:
            [problem] = self.card(channel)["problems"]
        self.assertEqual(problem["level"], "warning")

    def test_import_button_needs_an_adapter(self):
        channel = self._channel()
        self.assertFalse(self.card(channel)["can_import"])
        channels = self.env.registry["orion.channel"]
        with (
            patch.object(channels, "_adapter_class", lambda channel, role: object),
            patch.object(channels, "import_orders", lambda channel: {}, create=True),
        ):
            self.assertTrue(self.card(channel)["can_import"])
            channel.state = "draft"
            self.assertFalse(self.card(channel)["can_import"])

    def test_queries_do_not_grow_with_channels(self):
        def count_queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.dashboard()
            return self.cr.sql_log_count - before

        def add(name):
            channel = self._channel(name)
            self._log(channel)
            self._operations(channel, 2)
            self._schedule(channel)

        add("First")
        count_queries()  # what Odoo keeps in its caches is read once
        few = count_queries()
        for number in range(20):
            add(f"Channel {number}")
        count_queries()
        self.assertLessEqual(count_queries(), few)
