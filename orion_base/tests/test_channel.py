from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user

from odoo.addons.orion_base.lib import errors

from .channel_common import ENDPOINT, SECRET, ChannelCase


class TestChannelSettings(ChannelCase):
    def test_a_new_channel_has_the_documents_defaults(self):
        self.assertFalse(self.channel.auto_sync_enabled)
        self.assertEqual(self.channel.sync_interval_minutes, 15)
        self.assertEqual(self.channel.api_endpoint, ENDPOINT)
        self.assertEqual(self.channel.state, "draft")
        self.assertEqual(self.channel.company_id, self.env.company)
        self.assertEqual(self.channel.schedule_ids.mapped("job_type"), ["order_import"])
        self.assertFalse(self.channel.schedule_ids.enabled)

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
        self.assertFalse(storefront.schedule_ids)
        with patch.object(
            self.env.registry["orion.channel"], "_adapter_class", lambda channel, role: None
        ):
            [result] = storefront.test_connection()
        self.assertTrue(result["success"])


class TestChannelCredentials(ChannelCase):
    def test_setting_answers_the_mask_only(self):
        self.assertEqual(self.set_key(), {"api_key_masked": "letz****"})
        self.assertEqual(self.channel.credential_ids.name, "api_key")
        self.assertTrue(self.channel.credential_ids.has_secret)

    def test_setting_several_secrets_of_several_channels(self):
        other = self._create_channel(name="Second")
        self.as_manager(self.channel | other).set_credentials(
            values={"client_id": "the-client-id-1", "client_secret": "the-client-secret-1"}
        )
        for channel in self.channel | other:
            self.assertEqual(
                set(channel.credential_ids.mapped("name")), {"client_id", "client_secret"}
            )

    def test_a_new_key_replaces_the_former(self):
        self.set_key()
        credential = self.channel.credential_ids
        credential.write({"is_valid": True})
        self.set_key(secret="other-key-0123456789")
        self.assertEqual(self.channel.credential_ids, credential)
        self.assertEqual(credential.masked_value, "othe****")
        self.assertFalse(credential.is_valid)

    def test_what_cannot_be_a_key_is_refused(self):
        for wrong in ("", "   ", "a\x00b", "x" * 20000, 5):
            with self.subTest(wrong=wrong), self.assertRaises(ValidationError):
                self.set_key(secret=wrong)
        with self.assertRaises(UserError):
            self.as_manager().set_credentials()

    def test_get_credentials_is_the_documents_response(self):
        self.set_key()
        self.env["orion.sync.log"].create(
            {
                "channel_id": self.channel.id,
                "operation_type": "order_import",
                "direction": "inbound",
                "status": "partial",
                "started_at": "2026-01-15 10:29:00",
                "completed_at": "2026-01-15 10:30:00",
                "error_details": [{"message": "One order failed"}],
            }
        )
        [response] = self.as_manager().get_credentials()
        self.assertEqual(
            set(response),
            {
                "id",
                "store_id",
                "channel_id",
                "api_key_masked",
                "api_endpoint",
                "auto_sync_enabled",
                "sync_interval_minutes",
                "last_sync_at",
                "last_sync_status",
                "last_sync_error",
                "created_at",
                "updated_at",
            },
        )
        self.assertEqual(response["store_id"], self.channel.company_id.id)
        self.assertEqual(response["api_key_masked"], "letz****")
        self.assertEqual(response["last_sync_at"], "2026-01-15T10:30:00Z")
        self.assertEqual(response["last_sync_status"], "partial")
        self.assertEqual(response["last_sync_error"], "One order failed")
        self.assertNotIn(None, response.values())
        self.assertNotIn(SECRET, str(response))

    def test_get_credentials_without_any(self):
        [response] = self.as_manager().get_credentials()
        self.assertIs(response["id"], False)
        self.assertIs(response["api_key_masked"], False)

    def test_clearing_forgets_the_secret(self):
        self.set_key()
        self.channel.state = "connected"
        self.assertIs(self.as_manager().clear_credentials(), True)
        self.assertFalse(self.channel.api_key_masked)
        self.assertFalse(self.channel.credential_ids.sudo().secret_ciphertext)
        self.assertEqual(self.channel.state, "draft")

    def test_another_server_gets_no_key(self):
        for endpoint in (
            "http://market.example/graphql",
            "https://other.example/graphql",
            "https://market.example:8443/graphql",
            False,
        ):
            with self.subTest(endpoint=endpoint):
                self.channel.api_endpoint = ENDPOINT
                self.set_key()
                self.as_manager().api_endpoint = endpoint
                self.assertFalse(self.channel.credential_ids.has_secret)
                self.assertIn("cleared", self.channel.message_ids[0].body)
                self.assertNotIn(SECRET, str(self.channel.message_ids.mapped("body")))

    def test_another_path_of_the_same_server_keeps_the_key(self):
        self.set_key()
        self.channel.api_endpoint = "https://MARKET.example:443/graphql/v2"
        self.assertTrue(self.channel.credential_ids.has_secret)

    def test_copying_copies_no_credential(self):
        self.set_key()
        self.channel.write({"state": "connected", "auto_sync_enabled": True})
        copy = self.as_manager().copy()
        self.assertFalse(copy.credential_ids)
        self.assertFalse(copy.api_key_masked)
        self.assertEqual(copy.state, "draft")
        self.assertFalse(copy.auto_sync_enabled)
        self.assertEqual(copy.name, "Played shop (copy)")


class TestChannelConnection(ChannelCase):
    def setUp(self):
        super().setUp()
        self.set_key()
        self.adapter.error = None

    def _test(self, error):
        self.adapter.error = error
        [result] = self.as_manager().test_connection()
        self.assertEqual(set(result), {"success", "message", "response_time_ms"})
        return result

    def test_a_good_key_connects(self):
        result = self._test(None)
        credential = self.channel.credential_ids
        self.assertTrue(result["success"])
        self.assertEqual(self.channel.state, "connected")
        self.assertTrue(credential.is_valid)
        self.assertTrue(credential.last_validated_at)
        connection = self.adapter.connections[-1]
        self.assertEqual(connection.secrets, {"api_key": SECRET})
        self.assertEqual(connection.endpoint, ENDPOINT)
        self.assertNotIn(SECRET, repr(connection))

    def test_each_failure_has_its_sentence(self):
        messages = {
            kind: self._test(kind("raw"))["message"]
            for kind in (
                errors.Unauthorised,
                errors.Forbidden,
                errors.HostUnreachable,
                errors.ServiceUnavailable,
                errors.InvalidAnswer,
            )
        }
        self.assertIn("refused the key", messages[errors.Unauthorised])
        self.assertIn("right to read orders", messages[errors.Forbidden])
        self.assertIn("cannot be reached", messages[errors.HostUnreachable])
        self.assertIn("failing", messages[errors.ServiceUnavailable])
        self.assertIn("not as the marketplace's API", messages[errors.InvalidAnswer])
        self.assertEqual(
            self._test(errors.UnknownOutcome("raw"))["message"], messages[errors.ServiceUnavailable]
        )

    def test_a_refused_key_is_not_valid(self):
        self._test(None)
        result = self._test(errors.Unauthorised("no"))
        self.assertFalse(result["success"])
        self.assertEqual(self.channel.state, "error")
        self.assertFalse(self.channel.credential_ids.is_valid)

    def test_an_unreachable_host_says_nothing_about_the_key(self):
        self._test(None)
        self._test(errors.HostUnreachable("no"))
        self.assertEqual(self.channel.state, "error")
        self.assertTrue(self.channel.credential_ids.is_valid)

    def test_without_key_nothing_is_called(self):
        self.channel.clear_credentials()
        calls = len(self.adapter.connections)
        result = self._test(None)
        self.assertFalse(result["success"])
        self.assertIn("No key is set", result["message"])
        self.assertEqual(len(self.adapter.connections), calls)

    def test_one_result_a_channel_in_order(self):
        other = self._create_channel(name="Second")
        results = self.as_manager(other | self.channel).test_connection()
        self.assertEqual([result["success"] for result in results], [False, True])

    def test_a_good_test_closes_the_circuit(self):
        circuit = self.env["orion.circuit"].create(
            {"channel_id": self.channel.id, "state": "open", "failure_count": 5}
        )
        self._test(None)
        self.assertEqual((circuit.state, circuit.failure_count), ("closed", 0))

    def test_a_key_is_tried_without_saving(self):
        channels = self.env["orion.channel"].with_user(self.manager)
        before = (channels.search_count([]), self.env["orion.credential"].search_count([]))
        result = channels.test_api_key(marketplace="played", api_key="another-key-123456")
        self.assertTrue(result["success"])
        self.assertEqual(self.adapter.connections[-1].secrets, {"api_key": "another-key-123456"})
        self.assertEqual(self.adapter.connections[-1].endpoint, ENDPOINT)
        after = (channels.search_count([]), self.env["orion.credential"].search_count([]))
        self.assertEqual(before, after)
        self.adapter.error = errors.Unauthorised("no")
        result = channels.test_api_key(
            marketplace="played", api_key="another-key-123456", api_endpoint="https://a.example/"
        )
        self.assertFalse(result["success"])
        self.assertIn("a.example refused the key", result["message"])
        self.assertEqual(self.channel.state, "draft")

    def test_trying_a_key_of_an_unknown_marketplace(self):
        channels = self.env["orion.channel"].with_user(self.manager)
        with self.assertRaises(UserError):
            channels.test_api_key(
                marketplace="nowhere", api_key="k", api_endpoint="https://a.example"
            )
        with self.assertRaises(UserError):
            channels.test_api_key(marketplace="played", api_key="k", api_endpoint="nowhere")

    def test_the_button_shows_the_result(self):
        self.adapter.error = errors.Unauthorised("no")
        action = self.as_manager().action_test_connection()
        self.assertEqual(action["params"]["type"], "danger")
        self.assertIn("refused the key", action["params"]["message"])


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
