from odoo.exceptions import UserError, ValidationError

from .channel_common import ENDPOINT, SECRET, ChannelCase


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
        for wrong in ({}, {"values": "api_key=x"}, {"values": ["x"]}):
            with self.subTest(wrong=wrong), self.assertRaises(UserError):
                self.as_manager().set_credentials(**wrong)

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
