from odoo import api, models
from odoo.exceptions import UserError

from .. import identity
from ..rpc import MANAGER, USER, check_caller, iso


class OrionChannel(models.Model):
    """What other programs call, and the buttons on top of it."""

    _inherit = "orion.channel"

    # === CREDENTIALS === #

    def set_credentials(self, api_key=None, values=None):
        """Store secrets, encrypted; they can be used and replaced, never read.

        :param api_key: the channel's main key
        :param values: `{name: secret}` where a marketplace needs others
        :return: `{"api_key_masked": "letz****"}`
        :raise ValidationError: when a secret is empty or cannot be one
        """
        check_caller(self, MANAGER, "write")
        if values and not isinstance(values, dict):
            raise UserError(
                self.env._("Give the secrets as {name: secret}, for example {'api_key': '…'}.")
            )
        by_name = dict(values or {})
        if api_key is not None:
            by_name[self._main_secret_name()] = api_key
        if not by_name:
            raise UserError(self.env._("Give the key as api_key, or secrets by name as values."))
        credentials = self.env["orion.credential"]
        sealed = {name: credentials._seal(secret) for name, secret in by_name.items()}
        for channel in self:
            credentials._store(channel, sealed)
        return {"api_key_masked": self[:1].api_key_masked or False}

    def get_credentials(self):
        """The stored settings of each channel, its key masked.

        :return: list in order of ids of `{id, store_id, channel_id, api_key_masked, api_endpoint,
            auto_sync_enabled, sync_interval_minutes, last_sync_at, last_sync_status,
            last_sync_error, created_at, updated_at}`
        """
        check_caller(self, MANAGER, "read")
        return [channel._credentials_response() for channel in self]

    def clear_credentials(self):
        """Forget all secrets of these channels.

        :return: True
        """
        check_caller(self, MANAGER, "write")
        self.sudo().credential_ids._clear_secret()
        return True

    def _credentials_response(self):
        self.ensure_one()
        name = self._main_secret_name()
        main = self.sudo().credential_ids.filtered(
            lambda credential: credential.name == name and credential.secret_ciphertext
        )
        updated = max([self.write_date, *main.mapped("write_date")])
        return {
            "id": main.id,
            "store_id": self.company_id.id,
            "created_at": iso(main.create_date or self.create_date),
            "updated_at": iso(updated),
            **self._sync_response(),
        }

    def _sync_response(self):
        self.ensure_one()
        return {
            "channel_id": self.id,
            "api_key_masked": self.api_key_masked or False,
            "api_endpoint": self.api_endpoint or False,
            "auto_sync_enabled": self.auto_sync_enabled,
            "sync_interval_minutes": self.sync_interval_minutes,
            "last_sync_at": iso(self.last_sync_at),
            "last_sync_status": self.last_sync_status or False,
            "last_sync_error": self.last_sync_error or False,
        }

    # === CONNECTION === #

    def test_connection(self):
        """Call each marketplace with the stored key.

        :return: list of `{success, message, response_time_ms}` in order of ids; a failing
            marketplace is a result too
        """
        check_caller(self, MANAGER, "write")
        return self._test_connections()

    @api.model
    def test_api_key(self, marketplace, api_key, api_endpoint=None):
        """Try a key without saving anything.

        :param marketplace: as in the channel's field
        :param api_endpoint: the marketplace's usual one when left out
        :return: `{success, message, response_time_ms}`
        """
        check_caller(self.browse(), MANAGER, "create")
        known = self._fields["marketplace"].get_values(self.env)
        if marketplace not in known:
            raise UserError(
                self.env._(
                    "“%(marketplace)s” is not a known marketplace. Use one of: %(known)s.",
                    marketplace=marketplace,
                    known=", ".join(known),
                )
            )
        endpoint = api_endpoint or self._default_api_endpoint(marketplace)
        if endpoint and not self._is_valid_address(endpoint):
            raise UserError(
                self.env._("The endpoint is not a web address; it starts with https://.")
            )
        secret = self.env["orion.credential"]._check_secret(api_key)
        channel = self.new(
            {"name": marketplace, "marketplace": marketplace, "api_endpoint": endpoint}
        )
        return channel._test_with({self._main_secret_name(): secret})

    # === STATUS === #

    def get_status(self):
        """How each channel is doing.

        :return: list in order of ids of `{channel_id, name, marketplace, store_id, state,
            is_configured, is_connected, api_key_masked, api_endpoint, auto_sync_enabled,
            sync_interval_minutes, last_sync_at, last_sync_status, last_sync_error, orders,
            exceptions, operations}`; the last three are counts by state
        """
        check_caller(self, USER, "read")
        counts = self._status_counts()
        return [
            {
                **channel._sync_response(),
                "name": channel.name,
                "marketplace": channel.marketplace,
                "store_id": channel.company_id.id,
                "state": channel.state,
                "is_configured": not channel._missing_secrets(),
                "is_connected": channel.state == "connected",
                **counts[channel.id],
            }
            for channel in self
        ]

    def _status_counts(self):
        """Counts by state of what hangs on these channels; addons fill in theirs.

        :return: `{channel id: {"orders": {…}, "exceptions": {…}, "operations": {state: n}}}`
        """
        counts = {
            channel.id: {"orders": {}, "exceptions": {}, "operations": {}} for channel in self
        }
        operations = self.env["orion.operation"]
        for state, _label in operations._fields["status"]._description_selection(self.env):
            for channel in self:
                counts[channel.id]["operations"][state] = 0
        groups = operations._read_group(
            [("channel_id", "in", self.ids)], ["channel_id", "status"], ["__count"]
        )
        for channel, status, count in groups:
            counts[channel.id]["operations"][status] = count
        return counts

    # === ACTIONS === #

    def action_test_connection(self):
        """Test, and show each channel's result."""
        results = self.test_connection()
        success = all(result["success"] for result in results)
        lines = [
            f"{channel.name}: {result['message']}" if len(self) > 1 else result["message"]
            for channel, result in zip(self, results, strict=True)
        ]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if success else "danger",
                "message": "\n".join(lines),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_set_credentials(self):
        """Open the dialog that takes the key."""
        self.ensure_one()
        return self._action_set_credential(self._main_secret_name())

    def _action_set_credential(self, name):
        check_caller(self, MANAGER, "write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Set the key of %(channel)s", channel=self.name),
            "res_model": "orion.credential.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_channel_id": self.id, "default_name": name},
        }

    def action_view_logs(self):
        """The sync logs of these channels."""
        return self._action_view("orion_base.action_orion_sync_log")

    def action_view_operations(self):
        """The queue of these channels."""
        return self._action_view("orion_base.action_orion_operation")

    def action_view_credentials(self):
        """The credentials of these channels, without their secrets."""
        return self._action_view("orion_base.action_orion_credential")

    def action_view_schedules(self):
        """The recurring jobs of these channels."""
        return self._action_view("orion_base.action_orion_schedule")

    def _action_view(self, xmlid):
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        action["domain"] = [("channel_id", "in", self.ids)]
        action["context"] = {"default_channel_id": self.id} if len(self) == 1 else {}
        return action

    def action_confirm_instance(self):
        """Say that this database is the real one, so that its channels work again."""
        check_caller(self.browse(), MANAGER, "write")
        self._confirm_instance()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _confirm_instance(self):
        identity.confirm_instance(self.env)
        channels = self.sudo().search([])
        channels._message_log_batch(
            {
                channel.id: self.env._(
                    "%(user)s confirmed that this database is the real one.",
                    user=self.env.user.name,
                )
                for channel in channels
            }
        )
        channels._resume_calls()
