from odoo import api, fields, models

from .. import secrets


class OrionSecretEntry(models.AbstractModel):
    """A dialog that takes a secret. Dialogs are rows of the database, so the secret is
    encrypted before a row is written; what was typed is kept nowhere."""

    _name = "orion.secret.entry"
    _description = "Entry of a Secret"

    secret = fields.Char(
        store=False,
        copy=False,
        exportable=False,
        help="Paste it here. It is stored encrypted and never shown again.",
    )
    secret_ciphertext = fields.Text(copy=False, exportable=False, groups=fields.NO_ACCESS)
    masked_value = fields.Char(string="Entered", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        entries = super().create([_without_secret(vals) for vals in vals_list])
        for entry, vals in zip(entries, vals_list, strict=True):
            entry._keep(vals.get("secret"))
        return entries

    def write(self, vals):
        result = super().write(_without_secret(vals))
        self._keep(vals.get("secret"))
        return result

    def _keep(self, secret):
        """Put the encrypted secret in the row."""
        if secret:
            sealed = self.env["orion.credential"]._seal(secret)
            del sealed["key_id"]
            self.sudo().write(sealed)

    def _take_sealed(self):
        """What `_seal` returned for the secret entered, or None; forgets it."""
        self.ensure_one()
        entry = self.sudo()
        if not entry.secret_ciphertext:
            return None
        sealed = {
            "secret_ciphertext": entry.secret_ciphertext,
            "masked_value": entry.masked_value,
            "key_id": secrets.newest_key_id(self.env),
        }
        entry.write({"secret_ciphertext": False, "masked_value": False})
        return sealed


def _without_secret(vals):
    return {name: value for name, value in vals.items() if name != "secret"}
