from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import Mock, patch

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from odoo.addons.orion_base import adapters, identity, secrets

from .channel_common import ENDPOINT, KEY_A, KEY_B, SECRET, ChannelCase, use_keys


class TestCredential(ChannelCase):
    def setUp(self):
        super().setUp()
        self.set_key()
        self.credential = self.channel.credential_ids

    def test_what_is_stored_is_encrypted(self):
        stored = self.credential.sudo()
        self.assertNotIn(SECRET, stored.secret_ciphertext)
        self.assertEqual(secrets.decrypt(self.env, stored.secret_ciphertext), SECRET)
        self.assertEqual(stored.key_id, secrets.newest_key_id(self.env))
        self.assertEqual(stored.masked_value, "letz****")

    def test_its_name_stays(self):
        with self.assertRaisesRegex(UserError, "finds a credential by its name"):
            self.credential.with_user(self.manager).name = "client_secret"
        self.credential.with_user(self.manager).name = "api_key"

    def test_short_keys_show_nothing(self):
        self.set_key(secret="short")
        self.assertEqual(self.channel.api_key_masked, "****")

    def test_a_name_is_unique_in_its_channel(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.credential.create({"channel_id": self.channel.id, "name": "api_key"})

    def test_a_name_is_an_identifier(self):
        with self.assertRaises(ValidationError):
            self.credential.create({"channel_id": self.channel.id, "name": "API key!"})

    def test_a_secret_stays_with_its_channel(self):
        other = self._create_channel(name="Evil", api_endpoint="https://evil.example")
        with self.assertRaises(UserError):
            self.as_manager(self.credential).channel_id = other
        with self.assertRaises(UserError):
            self.as_manager(self.credential).copy({"channel_id": other.id})

    def test_a_manager_cannot_forge_what_tells_about_it(self):
        credential = self.as_manager(self.credential)
        for name, value in (
            ("masked_value", "x"),
            ("key_id", "x"),
            ("is_valid", True),
            ("secret_ciphertext", "x"),
        ):
            with self.subTest(name=name), self.assertRaises(AccessError):
                credential.write({name: value})

    def test_clear_button(self):
        self.as_manager(self.credential).action_clear()
        self.assertFalse(self.credential.has_secret)
        self.assertFalse(self.credential.sudo().secret_ciphertext)

    def test_a_new_key_closes_the_circuit(self):
        circuit = self.env["orion.circuit"].create(
            {"channel_id": self.channel.id, "state": "open", "failure_count": 5}
        )
        self.set_key(secret="a-better-key-0123")
        self.assertEqual((circuit.state, circuit.failure_count), ("closed", 0))


class TestCredentialWizards(ChannelCase):
    def _wizard(self, **values):
        wizard = self.env["orion.credential.wizard"].with_user(self.manager)
        return wizard.create({"channel_id": self.channel.id, "secret": SECRET, **values})

    def test_the_row_of_the_dialog_holds_no_secret(self):
        wizard = self._wizard()
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT w::text FROM orion_credential_wizard w WHERE id = %s", (wizard.id,)
        )
        [row] = self.env.cr.fetchone()
        self.assertNotIn(SECRET, row)
        self.assertFalse(wizard.secret)
        self.assertEqual(wizard.masked_value, "letz****")
        wizard.write({"secret": "changed-secret-0815"})
        self.assertFalse(wizard.secret)
        self.assertEqual(wizard.masked_value, "chan****")

    def test_the_web_client_gets_no_secret_back(self):
        wizards = self.env["orion.credential.wizard"].with_user(self.manager)
        specification = {"secret": {}, "masked_value": {}, "channel_id": {}}
        values = {"channel_id": self.channel.id, "secret": SECRET}
        changed = wizards.onchange(values, ["secret"], specification)
        self.assertNotIn(SECRET, str(changed))
        saved = wizards.web_save(values, specification)
        self.assertNotIn(SECRET, str(saved))
        read = wizards.browse(saved[0]["id"]).web_read(specification)
        self.assertNotIn(SECRET, str(read))

    def test_save_stores_and_empties_the_dialog(self):
        wizard = self._wizard(expires_at="2030-01-01 00:00:00")
        wizard.action_save()
        credential = self.channel.credential_ids
        self.assertEqual(secrets.channel_secrets(self.channel), {"api_key": SECRET})
        self.assertEqual(credential.expires_at, fields.Datetime.to_datetime("2030-01-01"))
        self.assertFalse(wizard.sudo().secret_ciphertext)
        with self.assertRaisesRegex(UserError, "Enter the key"):
            wizard.action_save()

    def test_save_and_test(self):
        action = self._wizard().action_save_and_test()
        self.assertEqual(action["params"]["type"], "success")
        self.assertEqual(self.channel.state, "connected")
        self.assertEqual(action["params"]["next"]["type"], "ir.actions.act_window_close")

    def test_a_user_may_not_open_it(self):
        with self.assertRaises(AccessError):
            self.env["orion.credential.wizard"].with_user(self.user).create(
                {"channel_id": self.channel.id, "secret": SECRET}
            )

    def _connect_wizard(self, **values):
        wizards = self.env["orion.channel.wizard"].with_user(self.manager)
        options = [("played", "Played")]
        with patch.object(type(wizards), "_selection_marketplace", lambda self: options):
            return wizards.create({"marketplace": "played", "secret": SECRET, **values})

    def test_connecting_a_marketplace(self):
        wizard = self._connect_wizard(auto_sync_enabled=True)
        self.assertEqual(wizard.api_endpoint, ENDPOINT)
        channels = self.env["orion.channel"].search_count([])
        wizard.action_test()
        self.assertTrue(wizard.test_succeeded)
        self.assertEqual(self.env["orion.channel"].search_count([]), channels)
        action = wizard.action_connect()
        channel = self.env["orion.channel"].browse(action["res_id"])
        self.assertEqual((channel.name, channel.state), ("Played", "connected"))
        self.assertTrue(channel.auto_sync_enabled)
        self.assertEqual(channel.api_key_masked, "letz****")

    def test_a_health_token_is_shown_once_and_stored_hashed(self):
        tokens = self.env["orion.health.token"].with_user(self.manager)
        action = tokens.action_generate()
        token = action["context"]["default_token"]
        stored = self.env["ir.config_parameter"].get_param("orion_base.health_token_hash")
        self.assertEqual(len(stored), 64)
        self.assertNotIn(token, stored)
        shown = tokens.with_context(default_token=token).create({})
        self.assertFalse(tokens.browse(shown.id).token)
        with self.assertRaises(AccessError):
            tokens.with_user(self.user).action_generate()


class TestEncryptionKeys(ChannelCase):
    def setUp(self):
        super().setUp()
        self.set_key()

    def test_the_right_key_is_usable(self):
        self.assertEqual(secrets.key_status(self.env), "ok")
        self.assertTrue(secrets.key_is_usable(self.env))
        self.assertFalse(secrets.key_problem(self.env))

    def test_a_wrong_key_is_noticed_and_never_replaces_the_right_one(self):
        check = self.env["ir.config_parameter"].get_param(secrets.CHECK_PARAMETER)
        stored = self.channel.credential_ids.sudo().secret_ciphertext
        with use_keys(KEY_B), self.assertLogs(secrets.__name__, "WARNING") as logs:
            for _time in range(3):
                self.assertEqual(secrets.key_status(self.env), "wrong")
            self.assertEqual(len(logs.output), 1)
            with self.assertRaisesRegex(UserError, "orion_encryption_keys"):
                self.set_key()
            [result] = self.as_manager().test_connection()
            self.assertFalse(result["success"])
            self.assertIn("orion_encryption_keys", result["message"])
        self.assertEqual(self.channel.credential_ids.sudo().secret_ciphertext, stored)
        self.assertEqual(self.env["ir.config_parameter"].get_param(secrets.CHECK_PARAMETER), check)
        self.assertTrue(secrets.key_is_usable(self.env))

    @mute_logger(secrets.__name__)
    def test_a_missing_key_is_noticed(self):
        with use_keys(), patch.object(secrets, "load_or_create_key_file") as create:
            self.assertEqual(secrets.key_status(self.env), "missing")
            with self.assertRaises(UserError):
                self.set_key()
            with self.assertRaises(secrets.KeyUnusable):
                adapters.open_adapter(self.channel, "orders")
        create.assert_not_called()

    @mute_logger(secrets.__name__)
    def test_without_check_value_a_ciphertext_tells(self):
        self.env["ir.config_parameter"].set_param(secrets.CHECK_PARAMETER, False)
        with use_keys(KEY_B):
            self.assertEqual(secrets.key_status(self.env), "wrong")
        with use_keys():
            self.assertEqual(secrets.key_status(self.env), "missing")
        self.assertEqual(secrets.key_status(self.env), "ok")

    def test_a_key_file_is_made_once(self):
        self.channel.clear_credentials()
        self.env["ir.config_parameter"].set_param(secrets.CHECK_PARAMETER, False)
        create = Mock(return_value=KEY_B)
        with patch.multiple(
            secrets,
            load_or_create_key_file=create,
            # once the file is made, its key is known
            _known_keys=lambda env: (KEY_B,) if create.called else (),
        ):
            self.assertEqual(secrets.key_status(self.env), "ok")
            create.assert_not_called()
            self.set_key()
            create.assert_called_once_with(secrets.key_file(self.env))
        with use_keys(KEY_B):
            self.assertEqual(secrets.channel_secrets(self.channel), {"api_key": SECRET})

    def test_sources_in_order(self):
        with patch.dict("os.environ", {secrets.ENVIRONMENT_VARIABLE: f"{KEY_B} , "}):
            self.assertEqual(secrets._configured_keys(), (KEY_B,))
            self.assertEqual(secrets.key_source(self.env), "environment")
            option = {secrets.CONFIG_OPTION: f"{KEY_A},{KEY_B}"}
            with patch.dict(secrets.config.options.maps[0], option):
                self.assertEqual(secrets._configured_keys(), (KEY_A, KEY_B))
                self.assertEqual(secrets.key_source(self.env), "config")

    def test_rotation_makes_the_old_key_dispensable(self):
        other = self._create_channel(name="Second")
        self.set_key(other, "second-secret-0815")
        credentials = (self.channel | other).credential_ids
        with use_keys(KEY_B, KEY_A):
            self.assertEqual(self.env["orion.credential"]._rotate_all(), 2)
            self.assertEqual(set(credentials.mapped("key_id")), {secrets.newest_key_id(self.env)})
            self.assertEqual(self.env["orion.credential"]._rotate_all(), 0)
        with use_keys(KEY_B):
            self.assertEqual(secrets.key_status(self.env), "ok")
            self.assertEqual(secrets.channel_secrets(self.channel), {"api_key": SECRET})
        with use_keys(KEY_A), mute_logger(secrets.__name__):
            self.assertEqual(secrets.key_status(self.env), "wrong")

    def test_rotating_one(self):
        with use_keys(KEY_B, KEY_A):
            self.as_manager(self.channel.credential_ids).action_rotate()
            newest = secrets.newest_key_id(self.env)
        self.assertEqual(self.channel.credential_ids.key_id, newest)

    def test_rotation_of_many_takes_few_queries(self):
        channels = self.env["orion.channel"]
        for number in range(20):
            channels |= self._create_channel(name=f"Shop {number}")
        for channel in channels:
            self.set_key(channel, f"secret-of-channel-{channel.id}")
        self.env.flush_all()
        self.env.invalidate_all()
        with use_keys(KEY_B, KEY_A), self.assertQueryCount(30):
            self.assertEqual(self.env["orion.credential"]._rotate_all(), 21)

    def test_rotation_stops_at_what_it_cannot_decrypt(self):
        self.channel.credential_ids.sudo().secret_ciphertext = "damaged"
        check = self.env["ir.config_parameter"].get_param(secrets.CHECK_PARAMETER)
        with use_keys(KEY_B, KEY_A), self.assertRaisesRegex(UserError, "cannot be decrypted"):
            self.env["orion.credential"]._rotate_all()
        self.assertEqual(self.env["ir.config_parameter"].get_param(secrets.CHECK_PARAMETER), check)

    @mute_logger(secrets.__name__)
    def test_starting_anew_with_another_key(self):
        with use_keys(KEY_B):
            self.assertEqual(secrets.key_status(self.env), "wrong")
            self.env["orion.credential"]._start_anew()
            self.assertEqual(secrets.key_status(self.env), "ok")
            self.assertFalse(self.channel.credential_ids.has_secret)
            self.set_key()
            self.assertEqual(secrets.channel_secrets(self.channel), {"api_key": SECRET})


class TestExpiry(ChannelCase):
    def setUp(self):
        super().setUp()
        self.set_key()
        self.credential = self.channel.credential_ids
        self.channel.responsible_id = self.manager

    def _warn(self):
        self.env["orion.credential"]._cron_warn_expiring()
        kind = self.env.ref("orion_base.activity_type_credential_expiry")
        return self.channel.activity_ids.filtered(lambda a: a.activity_type_id == kind)

    def test_one_activity_before_expiry(self):
        now = fields.Datetime.now()
        self.credential.expires_at = fields.Datetime.add(now, days=20)
        self.assertFalse(self._warn())
        self.credential.expires_at = fields.Datetime.add(now, days=10)
        self.assertEqual(len(self._warn()), 1)
        self.assertEqual(self._warn().user_id, self.manager)
        self._warn().action_feedback()
        self.assertFalse(self._warn(), "a warning that was dealt with comes back")

    def test_a_new_date_warns_again(self):
        now = fields.Datetime.now()
        self.as_manager(self.credential).expires_at = fields.Datetime.add(now, days=5)
        self._warn().action_feedback()
        self.as_manager(self.credential).expires_at = fields.Datetime.add(now, days=6)
        self.assertEqual(len(self._warn()), 1)

    def test_the_lead_time_is_a_setting(self):
        self.env["ir.config_parameter"].set_param("orion_base.credential_expiry_lead_days", 30)
        self.credential.expires_at = fields.Datetime.add(fields.Datetime.now(), days=20)
        self.assertEqual(len(self._warn()), 1)

    def test_archived_channels_and_empty_credentials_warn_nobody(self):
        self.credential.expires_at = fields.Datetime.now()
        self.channel.active = False
        self.assertFalse(self._warn())
        self.channel.active = True
        self.credential.sudo().masked_value = False
        self.assertFalse(self._warn())


class TestIdentity(ChannelCase):
    @contextmanager
    def _copied(self, kind):
        """As if the database had been restored elsewhere."""
        parameters = self.env["ir.config_parameter"]
        if kind == "server":
            with patch.object(identity, "installation_id", lambda: "another server"):
                yield
        else:
            with self.env.cr.savepoint() as savepoint:
                parameters.search([("key", "=", "database.uuid")]).write({"value": "another"})
                yield
                savepoint.rollback()
            self.env.invalidate_all()

    def test_the_first_use_is_noted(self):
        self.env["ir.config_parameter"].set_param(identity.PARAMETER, False)
        self.assertTrue(identity.is_confirmed_instance(self.env))
        self.assertTrue(self.env["ir.config_parameter"].get_param(identity.PARAMETER))
        self.assertTrue(identity.is_confirmed_instance(self.env))

    def test_a_copy_sends_nothing_until_confirmed(self):
        self.set_key()
        for kind in ("server", "uuid"):
            with self.subTest(kind=kind), self._copied(kind):
                self.assertFalse(identity.is_confirmed_instance(self.env))
                self.channel.invalidate_recordset()
                self.assertTrue(self.channel.is_unconfirmed_copy)
                calls = len(self.adapter.connections)
                [result] = self.as_manager().test_connection()
                self.assertFalse(result["success"])
                self.assertIn("real one", result["message"])
                self.assertEqual(len(self.adapter.connections), calls)
                with self.assertRaises(AccessError):
                    self.channel.with_user(self.user).action_confirm_instance()
                self.as_manager().action_confirm_instance()
                self.assertTrue(identity.is_confirmed_instance(self.env))
                self.assertIn("real one", self.channel.message_ids[0].body)

    def test_a_further_server_of_the_same_database_joins(self):
        with self._copied("server"):
            identity.confirm_instance(self.env)
        self.assertTrue(identity.is_confirmed_instance(self.env))

    def test_the_installation_id_is_kept_in_a_private_file(self):
        with TemporaryDirectory() as folder:
            path = Path(folder) / "orion" / "installation.id"
            first = identity._read_or_create(path)
            self.assertEqual(identity._read_or_create(path), first)
            self.assertEqual(path.stat().st_mode & 0o777, 0o600)
            self.assertEqual([file.name for file in path.parent.iterdir()], ["installation.id"])
