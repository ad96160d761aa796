from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .channel_common import SECRET, ChannelCase


class TestChannelStatus(ChannelCase):
    def _log(self, channel, completed_at, status, **values):
        return self.env["orion.sync.log"].create(
            {
                "channel_id": channel.id,
                "operation_type": "order_import",
                "direction": "inbound",
                "status": status,
                "started_at": completed_at,
                "completed_at": completed_at,
                **values,
            }
        )

    def test_last_sync_is_that_of_the_newest_finished_log(self):
        self.assertFalse(self.channel.last_sync_at)
        self._log(
            self.channel, "2026-01-02 00:00:00", "failed", error_details=[{"message": "Boom"}]
        )
        self._log(self.channel, "2026-01-01 00:00:00", "success")
        self._log(self.channel, False, "running", started_at="2026-01-03 00:00:00")
        self.assertEqual(self.channel.last_sync_status, "failed")
        self.assertEqual(self.channel.last_sync_error, "Boom")
        self.assertEqual(self.channel.last_sync_at, fields.Datetime.to_datetime("2026-01-02"))
        self._log(self.channel, "2026-01-04 00:00:00", "success", direction="outbound")
        self.assertEqual(self.channel.last_sync_status, "success")
        self.assertFalse(self.channel.last_sync_error)

    def test_last_sync_of_many_channels_takes_one_query(self):
        channels = self.channel
        for number in range(9):
            channels |= self._create_channel(name=f"Shop {number}")
        for channel in channels:
            self._log(channel, "2026-01-02 00:00:00", "success")
        channels.invalidate_recordset()
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.assertEqual(set(channels.mapped("last_sync_status")), {"success"})

    def _operation(self, number, status="pending"):
        labels = self.env["orion.operation"]._fields["operation"]._selection
        with patch.dict(labels, {"played": "Played"}):
            return self.env["orion.operation"].create(
                {
                    "channel_id": self.channel.id,
                    "operation": "played",
                    "idempotency_key": f"status-{number}",
                    "status": status,
                    "payload": {},
                }
            )

    def test_status_counts_operations_by_state(self):
        for number, status in enumerate(["pending", "pending", "failed"]):
            self._operation(number, status)
        self.set_key()
        [status] = self.channel.with_user(self.user).get_status()
        self.assertEqual(status["api_key_masked"], "letz****")
        self.assertTrue(status["is_configured"])
        self.assertEqual(status["operations"]["pending"], 2)
        self.assertEqual(status["operations"]["failed"], 1)
        self.assertEqual(status["operations"]["unknown"], 0)
        self.assertNotIn(SECRET, str(status))

    def test_who_may_what(self):
        user, clerk = self.channel.with_user(self.user), self.channel.with_user(self.clerk)
        self.assertEqual(user.get_status()[0]["channel_id"], self.channel.id)
        for method in ("get_credentials", "clear_credentials", "test_connection"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(user, method)()
        with self.assertRaises(AccessError):
            user.set_credentials(api_key=SECRET)
        with self.assertRaises(AccessError):
            user.test_api_key(marketplace="played", api_key=SECRET)
        with self.assertRaises(AccessError):
            clerk.get_status()
        with self.assertRaises(AccessError):
            clerk.read(["name"])

    def test_another_company_sees_nothing(self):
        company = self.env["res.company"].create({"name": "Neighbour"})
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="orion_base.group_orion_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        self.set_key()
        channel = self.channel.with_user(stranger)
        for method in ("get_status", "get_credentials", "clear_credentials", "test_connection"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(channel, method)()
        with self.assertRaises(AccessError):
            channel.set_credentials(api_key=SECRET)
        self.assertFalse(channel.search([("id", "=", self.channel.id)]))
        self.assertFalse(channel.env["orion.credential"].search([]))
        with self.assertRaises(AccessError):
            channel.env["orion.credential"].create({"channel_id": self.channel.id, "name": "x"})

    def test_an_unknown_channel_is_one_sentence(self):
        missing = self.env["orion.channel"].with_user(self.manager).browse(2**30)
        with self.assertRaisesRegex(UserError, "does not exist"):
            missing.get_status()

    def test_a_channel_with_operations_is_not_deleted(self):
        self._operation(1)
        with self.assertRaisesRegex(UserError, "Archive"):
            self.as_manager().unlink()
        unused = self._create_channel(name="Unused")
        self.as_manager(unused).unlink()
        self.assertFalse(unused.exists())
