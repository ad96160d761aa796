from odoo.exceptions import AccessError

from odoo.addons.orion_base import identity

from .channel_common import ChannelCase, use_keys


class TestSettings(ChannelCase):
    def _settings(self, **values):
        return self.env["orion.settings"].with_user(self.manager).create(values)

    def test_a_manager_who_is_no_administrator_applies_them_by_saving(self):
        self._settings(
            orion_log_retention_days=30,
            orion_credential_expiry_lead_days=7,
            orion_allow_private_addresses=True,
            orion_notify_by_email=True,
        )
        parameters = self.env["ir.config_parameter"]
        self.assertEqual(parameters.get_param("orion_base.log_retention_days"), "30")
        self.assertEqual(parameters.get_param("orion_base.credential_expiry_lead_days"), "7")
        self.assertEqual(parameters.get_param("orion_base.allow_private_addresses"), "True")
        self.assertTrue(self.env.company.orion_notify_by_email)
        shown = self._settings()
        self.assertEqual(shown.orion_log_retention_days, 30)
        self.assertTrue(shown.orion_allow_private_addresses)
        shown.orion_allow_private_addresses = False
        self.assertFalse(parameters.get_param("orion_base.allow_private_addresses"))

    def test_the_defaults(self):
        settings = self._settings()
        self.assertEqual(settings.orion_log_retention_days, 90)
        self.assertEqual(settings.orion_credential_expiry_lead_days, 14)
        self.assertFalse(settings.orion_allow_private_addresses)

    def test_odoo_s_own_page_shows_and_saves_the_same(self):
        settings = self.env["res.config.settings"].create({"orion_log_retention_days": 20})
        settings.execute()
        self.assertEqual(self._settings().orion_log_retention_days, 20)
        self.assertEqual(settings.orion_key_status, "ok")

    def test_a_user_may_not(self):
        with self.assertRaises(AccessError):
            self.env["orion.settings"].with_user(self.user).create({})

    def test_the_state_of_the_key_is_shown(self):
        self.set_key()
        with use_keys(), self.assertLogs("odoo.addons.orion_base.secrets"):
            settings = self._settings()
            self.assertEqual(settings.orion_key_status, "missing")
            self.assertIn("orion_encryption_keys", settings.orion_key_problem)

    def test_the_real_one_is_confirmed_here(self):
        self.env["ir.config_parameter"].set_param(identity.PARAMETER, '{"database": "another"}')
        settings = self._settings()
        self.assertIn("restored", settings.orion_copy_problem)
        settings.action_orion_confirm_instance()
        self.assertTrue(identity.is_confirmed_instance(self.env))
