from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user

from .channel_common import ENDPOINT, ChannelCase


class TestChannelSettings(ChannelCase):
    def test_a_new_channel_has_the_documents_defaults(self):
        self.assertFalse(self.channel.auto_sync_enabled)
        self.assertEqual(self.channel.sync_interval_minutes, 15)
        self.assertEqual(self.channel.api_endpoint, ENDPOINT)
        self.assertEqual(self.channel.state, "draft")
        self.assertEqual(self.channel.company_id, self.env.company)
        self.assertEqual(self.channel.schedule_ids.mapped("job_type"), ["order_import"])
        self.assertFalse(self.channel.schedule_ids.enabled)

    def test_who_has_left_is_told_nothing(self):
        person, other, manager = (
            new_test_user(self.env, login, groups=f"orion_base.group_orion_{right}")
            for login, right in (("here", "user"), ("there", "user"), ("boss", "manager"))
        )
        channel = self.channel
        channel.responsible_id = person
        self.assertEqual(channel._person_to_tell(), person)
        self.assertEqual(channel._person_to_tell(other), other)
        other.active = False
        self.assertEqual(channel._person_to_tell(other), person)
        person.active = False
        self.assertTrue(channel._person_to_tell(other).active)
        self.assertTrue(channel._person_to_tell().has_group("orion_base.group_orion_manager"))
        self.assertTrue(manager.active)

    def test_automation_is_that_of_the_order_schedule(self):
        channel = self.as_manager()
        channel.write({"auto_sync_enabled": True, "sync_interval_minutes": 30})
        schedule = self.channel.schedule_ids
        self.assertEqual(len(schedule), 1)
        self.assertEqual((schedule.enabled, schedule.interval_minutes), (True, 30))
        schedule.write({"enabled": False, "interval_minutes": 45})
        self.assertFalse(channel.auto_sync_enabled)
        self.assertEqual(channel.sync_interval_minutes, 45)

    def test_automation_given_at_creation(self):
        channel = self._create_channel(auto_sync_enabled=True, sync_interval_minutes=60)
        self.assertEqual(len(channel.schedule_ids), 1)
        self.assertTrue(channel.schedule_ids.enabled)
        self.assertEqual(channel.schedule_ids.interval_minutes, 60)

    def test_search_by_automation(self):
        automatic = self._create_channel(auto_sync_enabled=True)
        both = self.channel | automatic
        found = both.search([("auto_sync_enabled", "=", True), ("id", "in", both.ids)])
        self.assertEqual(found, automatic)
        found = both.search([("auto_sync_enabled", "=", False), ("id", "in", both.ids)])
        self.assertEqual(found, self.channel)

    def test_the_interval_has_limits(self):
        for minutes in (5, 1440):
            self.channel.sync_interval_minutes = minutes
            self.assertEqual(self.channel.schedule_ids.interval_minutes, minutes)
        for minutes in (4, 1441, 0, -15):
            with self.subTest(minutes=minutes), self.assertRaises(ValidationError):
                self.channel.sync_interval_minutes = minutes

    def test_so_has_the_schedule_of_its_orders(self):
        schedule = self.channel.schedule_ids.with_user(self.manager)
        for minutes in (1, 99999):
            with self.subTest(minutes=minutes), self.assertRaises(ValidationError):
                schedule.interval_minutes = minutes
        schedule.interval_minutes = 5
        self.assertEqual(self.channel.sync_interval_minutes, 5)

    def test_nobody_writes_the_state_by_hand(self):
        for values in ({"state": "connected"}, {"connection_problem": "All is well"}):
            with self.subTest(values), self.assertRaises(AccessError):
                self.as_manager().write(values)

    def test_a_user_cannot_switch_automation(self):
        with self.assertRaises(AccessError):
            self.channel.with_user(self.user).auto_sync_enabled = True

    def test_an_endpoint_is_a_web_address_without_password(self):
        for good in ("https://x.example/graphql", "http://127.0.0.1:8069/graphql"):
            self.channel.api_endpoint = good
            self.assertEqual(self.channel.api_endpoint, good)
        for bad in (
            "ftp://x.example",
            "x.example",
            "https://",
            "https://u:p@x.example",
            "https://a b",
        ):
            with self.subTest(bad=bad), self.assertRaises(ValidationError):
                self.channel.api_endpoint = bad

    def test_marketplace_and_company_stay(self):
        with self.assertRaises(UserError):
            self.channel.marketplace = "storefront"
        other = self.env["res.company"].create({"name": "Other"})
        with self.assertRaises(UserError):
            self.channel.company_id = other

    def test_a_storefront_has_nothing_to_connect(self):
        storefront = self._create_channel(marketplace="storefront")
        self.assertFalse(storefront._order_schedule())
        with patch.object(
            self.env.registry["orion.channel"], "_adapter_class", lambda channel, role: None
        ):
            [result] = storefront.test_connection()
        self.assertTrue(result["success"])
