import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .. import identity, secrets
from ..rpc import MANAGER, check_caller

#: Longer texts are no key; a certificate with its private key still fits.
LONGEST_SECRET = 16384

WRITTEN_BY_SYSTEM = frozenset(
    {"masked_value", "key_id", "is_valid", "last_validated_at", "warned_expiry"}
)


class OrionCredential(models.Model):
    """A secret of a channel. It can be set and used, never read."""

    _name = "orion.credential"
    _description = "Marketplace Credential"
    _order = "channel_id, name, id"
    _check_company_auto = True

    channel_id = fields.Many2one(
        "orion.channel",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    name = fields.Char(
        required=True,
        default="api_key",
        help="What the connector calls it: api_key, client_secret …",
    )
    credential_type = fields.Selection(
        [("api_key", "API key"), ("oauth", "OAuth"), ("basic", "User and password")],
        string="Type",
        required=True,
        default="api_key",
    )
    expires_at = fields.Datetime(
        string="Expires", copy=False, help="When the marketplace stops accepting it, if it said so."
    )
    is_valid = fields.Boolean(
        string="Valid",
        readonly=True,
        copy=False,
        help="Whether the marketplace accepted it when last tested.",
    )
    last_validated_at = fields.Datetime(string="Last Tested", readonly=True, copy=False)
    key_id = fields.Char(
        string="Encryption Key",
        readonly=True,
        copy=False,
        help="Fingerprint of the encryption key it is stored with.",
    )
    masked_value = fields.Char(string="Secret", readonly=True, copy=False)
    has_secret = fields.Boolean(compute="_compute_has_secret", search="_search_has_secret")
    secret_ciphertext = fields.Text(
        readonly=True, copy=False, prefetch=False, exportable=False, groups=fields.NO_ACCESS
    )
    warned_expiry = fields.Datetime(
        copy=False, readonly=True, help="The expiry people were told of already."
    )

    _channel_name_unique = models.UniqueIndex(
        "(channel_id, name)", "This channel has a credential of that name already."
    )

    # === COMPUTE === #

    @api.depends("masked_value")
    def _compute_has_secret(self):
        for credential in self:
            credential.has_secret = bool(credential.masked_value)

    @api.model
    def _search_has_secret(self, operator, value):
        if operator != "in":
            return NotImplemented
        if True in value and False in value:
            return []
        return [("masked_value", "!=" if True in value else "=", False)]

    @api.depends("channel_id", "name")
    def _compute_display_name(self):
        for credential in self:
            credential.display_name = f"{credential.channel_id.name}: {credential.name}"

    @api.constrains("name")
    def _check_name(self):
        for credential in self:
            if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", credential.name):
                raise ValidationError(
                    self.env._(
                        "“%(name)s” cannot name a credential. Use small letters, digits and _, "
                        "for example api_key.",
                        name=credential.name,
                    )
                )

    # === CRUD === #

    def write(self, vals):
        channel_id = vals.get("channel_id")
        if channel_id and any(c.channel_id.id != channel_id for c in self):
            raise UserError(
                self.env._(
                    "A credential stays with its channel, so that its secret never reaches another "
                    "server. Set the secret on the other channel."
                )
            )
        name = vals.get("name")
        if name and any(c.name != name for c in self):
            raise UserError(
                self.env._(
                    "The connector finds a credential by its name, so the name stays. Add one of "
                    "the other name, set its secret, and clear this one."
                )
            )
        result = super().write(vals)
        if "expires_at" in vals:
            self.sudo().filtered("warned_expiry").warned_expiry = False
        return result

    def unlink(self):
        channels = self.channel_id
        result = super().unlink()
        channels._forget_account()
        return result

    def _has_field_access(self, field, operation):
        """What tells about the secret is written with it, by nobody else."""
        if operation == "write" and field.name in WRITTEN_BY_SYSTEM and not self.env.su:
            return False
        return super()._has_field_access(field, operation)

    def copy(self, default=None):
        raise UserError(
            self.env._("Credentials cannot be duplicated. Set the secret on the other channel.")
        )

    # === ACTIONS === #

    def action_set(self):
        """Open the dialog that takes a new secret."""
        self.ensure_one()
        return self.channel_id._action_set_credential(self.name)

    def action_test(self):
        """Test the channels of these credentials."""
        return self.channel_id.action_test_connection()

    def action_rotate(self):
        """Encrypt these again with the newest key."""
        check_caller(self, MANAGER, "write")
        changed = self._rotate()
        return self._notify(
            self.env._("Credentials encrypted with the newest key: %(count)s.", count=changed)
        )

    def action_clear(self):
        """Forget the secrets; the channels stop being able to call."""
        check_caller(self, MANAGER, "write")
        self._clear_secret()
        return self._notify(self.env._("The secrets were cleared."))

    @api.model
    def action_rotate_all(self):
        """Encrypt everything again with the newest key."""
        check_caller(self.browse(), MANAGER, "write")
        return self._notify(
            self.env._(
                "Secrets encrypted with the newest key: %(count)s. The older keys can be removed.",
                count=self._rotate_all(),
            )
        )

    def _notify(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === BUSINESS: secrets === #

    @api.model
    def _check_secret(self, value):
        """The secret without blanks around it.

        :raise ValidationError: when it cannot be a secret; the sentence does not repeat it
        """
        secret = value.strip() if isinstance(value, str) else ""
        if not secret:
            raise ValidationError(self.env._("The key is empty. Enter the key, or clear it."))
        if len(secret) > LONGEST_SECRET or any(
            ord(sign) < 32 and sign not in "\r\n\t" for sign in secret
        ):
            raise ValidationError(
                self.env._("This is not a key: it is too long or holds control characters.")
            )
        return secret

    @api.model
    def _seal(self, value):
        """Check and encrypt a secret.

        :return: dict of `secret_ciphertext`, `masked_value` and `key_id`
        :raise UserError: when the encryption key of this server cannot be used
        """
        secret = self._check_secret(value)
        secrets.require_usable(self.env)
        return {
            "secret_ciphertext": secrets.encrypt(self.env, secret),
            "masked_value": secrets.masked(secret),
            "key_id": secrets.newest_key_id(self.env),
        }

    @api.model
    def _store(self, channel, sealed_by_name, values=None):
        """Put sealed secrets on a channel.

        :param sealed_by_name: what `_seal` returned, by credential name
        :param values: further values of the credentials (`credential_type`, `expires_at`)
        """
        credentials = self.sudo()
        existing = {credential.name: credential for credential in channel.sudo().credential_ids}
        to_create = []
        for name, sealed in sealed_by_name.items():
            fresh = {
                **(values or {}),
                **sealed,
                "is_valid": False,
                "last_validated_at": False,
                "warned_expiry": False,
            }
            if name in existing:
                existing[name].write(fresh)
            else:
                to_create.append({"channel_id": channel.id, "name": name, **fresh})
        credentials.create(to_create)
        identity.is_confirmed_instance(self.env)
        # the circuit before the channel, as workers hold them
        channel._credentials_changed()
        channel._note_account()

    def _clear_secret(self):
        """Forget the secrets, keep the rest."""
        self.sudo().write(
            {
                "secret_ciphertext": False,
                "masked_value": False,
                "key_id": False,
                "is_valid": False,
                "last_validated_at": False,
                "expires_at": False,
            }
        )
        self.channel_id.sudo().state = "draft"
        self.channel_id._forget_account()

    def _mark_tested(self, is_valid):
        self.sudo().write({"is_valid": is_valid, "last_validated_at": fields.Datetime.now()})
