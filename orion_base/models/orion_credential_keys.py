from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .. import secrets


class OrionCredential(models.Model):
    """The keys secrets are encrypted with, and the warning before secrets expire."""

    _inherit = "orion.credential"

    # === BUSINESS: encryption keys === #

    @api.model
    def _rotation_targets(self):
        """(model, field of the ciphertext, field of the key id or None) of everything encrypted.

        Addons that keep encrypted values in models of their own extend it.
        """
        return [("orion.credential", "secret_ciphertext", "key_id")]

    @api.model
    def _sample_ciphertext(self):
        """Any stored ciphertext, or None: to tell whether a key fits."""
        for model_name, field_name, _key_field in self._rotation_targets():
            record = (
                self.env[model_name]
                .sudo()
                .with_context(active_test=False)
                .search([(field_name, "!=", False)], limit=1)
            )
            if record:
                return record[field_name]
        return None

    @api.model
    def _rotate_all(self):
        """Encrypt everything with the newest key.

        :return: number of values changed
        :raise UserError: when the key is unusable, or a value cannot be decrypted; nothing is
            changed then, so that no key is thought dispensable that is not
        """
        secrets.require_usable(self.env)
        changed = 0
        for model_name, field_name, key_field in self._rotation_targets():
            records = (
                self.env[model_name]
                .sudo()
                .with_context(active_test=False)
                .search([(field_name, "!=", False)])
            )
            changed += self._rotate_values(records, field_name, key_field)
        if secrets.newest_key_id(self.env):
            secrets.renew_check_value(self.env)
        return changed

    def _rotate(self):
        secrets.require_usable(self.env)
        sealed = self.sudo().filtered("secret_ciphertext")
        return self._rotate_values(sealed, "secret_ciphertext", "key_id")

    @api.model
    def _rotate_values(self, records, field_name, key_field):
        if not records:
            return 0
        changed, broken = secrets.rotate(
            self.env, {record.id: record[field_name] for record in records}
        )
        if broken:
            raise UserError(
                self.env._(
                    "Secrets that cannot be decrypted with the keys of this server: %(count)s. Add "
                    "the key they were stored with to orion_encryption_keys, or clear them: "
                    "%(records)s",
                    count=len(broken),
                    records=", ".join(records.browse(broken[:5]).mapped("display_name")),
                )
            )
        if changed:
            self._write_rotated(records, field_name, key_field, changed)
        return len(changed)

    @api.model
    def _write_rotated(self, records, field_name, key_field, changed):
        """One statement for all, as the values differ from row to row."""
        records.flush_model()
        columns = [SQL("%s = v.value", SQL.identifier(field_name))]
        if key_field:
            key_id = secrets.newest_key_id(self.env)
            columns.append(SQL("%s = %s", SQL.identifier(key_field), key_id))
        self.env.cr.execute(
            SQL(
                "UPDATE %s AS t SET %s FROM unnest(%s, %s) AS v (id, value) WHERE t.id = v.id",
                SQL.identifier(records._table),
                SQL(", ").join(columns),
                list(changed),
                list(changed.values()),
            )
        )
        records.invalidate_model([field_name, *([key_field] if key_field else [])])

    @api.model
    def _start_anew(self):
        """Give up everything encrypted, and accept the key this server has (or makes)."""
        for model_name, field_name, _key_field in self._rotation_targets():
            records = (
                self.env[model_name]
                .sudo()
                .with_context(active_test=False)
                .search([(field_name, "!=", False)])
            )
            if model_name == self._name:
                records._clear_secret()
            else:
                records.write({field_name: False})
        secrets.start_anew(self.env)

    # === CRON === #

    @api.model
    def _cron_warn_expiring(self):
        """One activity on the channel for each credential that expires soon or has expired."""
        days = int(
            self.env["ir.config_parameter"]
            .sudo()
            .get_param("orion_base.credential_expiry_lead_days", 14)
        )
        now = fields.Datetime.now()
        expiring = self.search(
            [
                ("expires_at", "<=", fields.Datetime.add(now, days=days)),
                ("warned_expiry", "=", False),
                ("has_secret", "=", True),
                ("channel_id.active", "=", True),
            ]
        )
        for credential in expiring:
            credential._schedule_expiry_activity()
            credential.warned_expiry = credential.expires_at

    def _schedule_expiry_activity(self):
        self.ensure_one()
        channel = self.channel_id
        user = channel._person_to_tell()
        channel.with_context(lang=user.lang).activity_schedule(
            "orion_base.activity_type_credential_expiry",
            date_deadline=fields.Date.to_date(self.expires_at),
            summary=self.env._("%(credential)s expires", credential=self.display_name),
            note=self.env._(
                "Get a new key from the marketplace and set it on the channel before it expires. "
                "Without it nothing can be imported or confirmed."
            ),
            user_id=user.id,
        )
