from markupsafe import escape

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import secrets
from ..engine.cursors import hold_rows
from .orion_channel import ARE_HELD

SHARED_ACTIVITY = "orion_base.activity_type_shared_account"


class OrionChannel(models.Model):
    """Which account of a marketplace a channel speaks for. Two channels of one account would
    import each of its orders twice, and tell it two stocks.

    The account is known by its address and secret. A keyed hash of both is kept, so that the
    database itself refuses the second; it begins with the fingerprint of the encryption key it was
    made with, and is made anew once there is a newer key.
    """

    _inherit = "orion.channel"

    account_fingerprint = fields.Char(
        readonly=True, copy=False, prefetch=False, exportable=False, groups=fields.NO_ACCESS
    )

    _account_unique = models.UniqueIndex(
        "(account_fingerprint) WHERE active AND account_fingerprint IS NOT NULL",
        "Another channel has just been connected with this key. Two channels with one key import "
        "each order twice.",
    )

    # === HOOKS === #

    def _account_name(self, plain_secrets):
        """What tells this channel's account from all others; None while a secret is missing.
        Neither the path of the endpoint nor the sandbox switch makes it another one.

        :param plain_secrets: `{name: secret}`
        """
        self.ensure_one()
        wanted = [plain_secrets.get(name) for name in self._secret_names()]
        if not wanted or not all(wanted):
            return None
        origin = self._address_origin(self.api_endpoint) or ()
        return "\n".join([self.marketplace, *map(str, origin), ":".join(wanted)])

    # === BUSINESS === #

    def _note_account(self):
        """Note the account of a channel whose secrets were set.

        :raise ValidationError: another active channel speaks for it
        """
        self.ensure_one()
        self._refresh_fingerprints()
        fingerprint = self._make_fingerprint()
        if self.active:
            self._check_account_is_free({fingerprint: self})
        self.sudo().account_fingerprint = fingerprint
        self.sudo().activity_feedback([SHARED_ACTIVITY])

    def _forget_account(self):
        """The secrets of these channels are gone, or are other ones."""
        channels = self.sudo().exists()
        channels.account_fingerprint = False
        # before another channel takes the account: the index looks at each row as it is written
        channels.flush_recordset(["account_fingerprint"])

    def _check_accounts_before_return(self):
        """Archived channels are about to be active again.

        :raise ValidationError: another active channel speaks for the account of one, or two of
            them speak for the same
        """
        self._refresh_fingerprints()
        returning = {}
        for channel in self.sudo().filtered("account_fingerprint"):
            twin = returning.setdefault(channel.account_fingerprint, channel)
            if twin != channel:
                raise ValidationError(channel.sudo(False)._shared_sentence(twin))
        self._check_account_is_free(returning)

    def _check_account_is_free(self, channels):
        """:param channels: `{fingerprint: channel}`"""
        wanted = [fingerprint for fingerprint in channels if fingerprint]
        others = self.sudo().search_fetch(
            [
                ("account_fingerprint", "in", wanted),
                ("id", "not in", self.ids),
                # said here too, for callers whose context also finds archived ones
                ("active", "=", True),
            ],
            ["account_fingerprint"],
        )
        for other in others:
            raise ValidationError(self._shared_sentence(other))

    @api.model
    def _refresh_fingerprints(self):
        """Make those anew that an older encryption key has made, or nobody yet. Where two active
        channels speak for one account already, only the first is noted.

        :return: `[(channel, the one that speaks for its account already)]`
        """
        current = secrets.key_is_usable(self.env) and secrets.newest_key_id(self.env)
        if not current:
            return []
        channels = (
            self.sudo()
            .with_context(active_test=False)
            .search_fetch(
                [("credential_ids.has_secret", "=", True)], ["account_fingerprint"], order="id"
            )
        )
        fresh = channels.filtered(
            lambda channel: (channel.account_fingerprint or "").startswith(f"{current}:")
        )
        noted = {channel.account_fingerprint: channel for channel in fresh if channel.active}
        shared = []
        stale = hold_rows(channels - fresh).with_context(**{ARE_HELD: True})
        stale.credential_ids.fetch(["name", "secret_ciphertext"])
        for channel in stale:
            fingerprint = channel._make_fingerprint()
            if fingerprint and channel.active and noted.setdefault(fingerprint, channel) != channel:
                shared.append((channel, noted[fingerprint]))
                fingerprint = False
            if channel.account_fingerprint != fingerprint:
                channel.account_fingerprint = fingerprint
        return shared

    def _make_fingerprint(self):
        """The fingerprint of a channel's account, False where it cannot be known."""
        try:
            name = self._account_name(secrets.channel_secrets(self))
        except secrets.KeyUnusable:
            # a damaged secret calls nobody either
            return False
        if name is None:
            return False
        return f"{secrets.newest_key_id(self.env)}:{secrets.keyed_hash(self.env, name)}"

    def _shared_sentence(self, other):
        """Why this channel may not have the account of `other`; names it only to who may see it."""
        everywhere = self.sudo(False).with_context(
            allowed_company_ids=self.env.user.company_ids.ids, active_test=False
        )
        may_read = everywhere.has_access("read")
        if may_read and everywhere.search_count([("id", "=", other.id)], limit=1):
            return self.env._(
                "“%(channel)s” (%(company)s) is connected with this key already, and two channels "
                "with one key import each order twice. Use another key, or archive that channel "
                "first.",
                channel=other.name,
                company=other.company_id.name,
            )
        return self.env._(
            "Another company of this database is connected with this key already, and two "
            "channels with one key import each order twice. Ask the marketplace for a key of "
            "your own shop."
        )

    # === CRON === #

    @api.model
    def _cron_note_accounts(self):
        """Note the accounts of channels that were connected before accounts were noted, or with a
        former encryption key; an activity for those that share one."""
        shared = dict(self._refresh_fingerprints())
        kind = self.env.ref(SHARED_ACTIVITY)
        activities = self.env["mail.activity"].search([("activity_type_id", "=", kind.id)])
        told = self.sudo().browse(activities.mapped("res_id"))
        (told - self.union(*shared)).activity_feedback([SHARED_ACTIVITY])
        for channel, other in shared.items():
            if channel not in told:
                channel._schedule_shared_activity(other)

    def _schedule_shared_activity(self, other):
        self.ensure_one()
        user = self._person_to_tell()
        told = self.with_user(user).with_context(lang=user.lang)
        self.activity_schedule(
            SHARED_ACTIVITY,
            summary=told.env._("%(channel)s: two channels have one key", channel=self.name),
            note=escape(told._shared_sentence(other)),
            user_id=user.id,
        )
