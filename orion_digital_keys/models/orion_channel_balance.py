from datetime import timedelta
from decimal import Decimal

from markupsafe import escape

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from odoo.addons.orion_base.adapters import open_adapter
from odoo.addons.orion_base.engine.cursors import hold_rows
from odoo.addons.orion_base.lib.errors import OrionError
from odoo.addons.orion_base.lib.job import PAUSE, JobStep
from odoo.addons.orion_base.rpc import USER, check_caller
from odoo.addons.orion_base.sentences import say

from ..lib.keys_adapter import ROLE
from ..lib.purchasing import Money
from .orion_schedule import PURCHASE_JOB

#: The balance is asked for at least this often; each purchase has it asked for anew.
BALANCE_EVERY = timedelta(hours=1)
LOW_BALANCE = "orion_digital_keys.mail_activity_low_balance"


class OrionChannel(models.Model):
    """Money at a supplier of keys."""

    _inherit = "orion.channel"

    sells_keys = fields.Boolean(compute="_compute_sells_keys")
    key_currency_id = fields.Many2one("res.currency", readonly=True, copy=False)
    key_balance = fields.Monetary(
        string="Balance", readonly=True, copy=False, currency_field="key_currency_id"
    )
    key_credit = fields.Monetary(
        string="Credit", readonly=True, copy=False, currency_field="key_currency_id"
    )
    key_usable = fields.Monetary(
        string="Can Be Spent",
        readonly=True,
        copy=False,
        currency_field="key_currency_id",
        help="Balance and credit, as the supplier counts them.",
    )
    key_balance_at = fields.Datetime(string="Balance Asked On", readonly=True, copy=False)
    is_key_balance_doubtful = fields.Boolean(
        string="Balance in Doubt",
        readonly=True,
        copy=False,
        help="The supplier has refused a purchase for the balance since it was asked.",
    )
    key_low_balance = fields.Monetary(
        string="Low Balance",
        currency_field="key_currency_id",
        default=100.0,
        help="Less than this can be spent: an activity for the responsible. 0 for none.",
    )
    is_key_balance_low = fields.Boolean(compute="_compute_is_key_balance_low")

    @api.depends("marketplace")
    def _compute_sells_keys(self):
        for channel in self:
            channel.sells_keys = bool(
                channel.marketplace and channel._adapter_class(ROLE) is not None
            )

    @api.depends("key_usable", "key_low_balance", "key_balance_at")
    def _compute_is_key_balance_low(self):
        for channel in self:
            channel.is_key_balance_low = bool(
                channel.key_balance_at
                and channel.key_low_balance
                and channel.key_usable < channel.key_low_balance
            )

    # === PUBLIC === #

    def refresh_key_balance(self):
        """Ask each supplier what can be spent there.

        :return: list in order of ids of `{channel_id, balance, credit, usable, currency}`
        :raise UserError: a channel that is no supplier of keys, or that cannot be asked
        """
        check_caller(self, USER, "read")
        others = self.filtered(lambda channel: not channel.sells_keys)
        if others:
            raise UserError(
                self.env._("%(channel)s has no balance to ask for.", channel=others[0].name)
            )
        channels = self.sudo()
        try:
            # all are asked before a row is held
            balances = [open_adapter(channel, ROLE).balance() for channel in channels]
        except OrionError as error:
            raise UserError(say(self.env, error)) from error
        for channel, balance in zip(channels, balances, strict=True):
            channel._note_balance(balance)
        return [
            {
                "channel_id": channel.id,
                "balance": channel.key_balance,
                "credit": channel.key_credit,
                "usable": channel.key_usable,
                "currency": channel.key_currency_id.name,
            }
            for channel in self
        ]

    # === ACTIONS === #

    def action_refresh_key_balance(self):
        """Ask for the balance, and show it."""
        self.refresh_key_balance()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # === JOB === #

    def _account_steps(self, adapter):
        """What can be spent, when it was not asked for lately, or something was bought since."""
        yield from super()._account_steps(adapter)
        if self._is_balance_old():
            yield PAUSE
            balance = adapter.balance()
            self._note_balance(balance)
            yield JobStep()

    def _is_balance_old(self):
        asked = self.key_balance_at
        if (
            not asked
            or self.is_key_balance_doubtful
            or asked < fields.Datetime.now() - BALANCE_EVERY
        ):
            return True
        bought = [("channel_id", "=", self.id), ("write_date", ">=", asked)]
        return bool(self.env["orion.key.purchase"].search_count(bought, limit=1))

    # === BUSINESS === #

    def _note_balance(self, balance):
        """Keep what the supplier has said, and follow it.

        :param balance: `lib.keys_adapter.Balance`
        """
        self.ensure_one()
        hold_rows(self)
        currency = self._currencies_of({balance.currency}).get(balance.currency)
        difference = float_compare(float(balance.usable), self.key_usable, precision_digits=2)
        # what was told before a refusal was not true any more: less than that may be enough
        richer = difference > 0 or not self.key_balance_at
        richer |= self.is_key_balance_doubtful and difference != 0
        self.write(
            {
                "key_currency_id": currency and currency.id,
                "key_balance": float(balance.amount),
                "key_credit": float(balance.credit),
                "key_usable": float(balance.usable),
                "key_balance_at": fields.Datetime.now(),
                "is_key_balance_doubtful": False,
            }
        )
        if richer:
            pieces = hold_rows(self._pieces_without_money())
            pieces.reason = False
            pieces._try_again([("id", "in", pieces.ids)])
        self._follow_low_balance()

    def _doubt_balance(self):
        """A purchase was refused for the balance: it is asked for anew, soon, as somebody may have
        topped it up since it was told."""
        self.is_key_balance_doubtful = True
        self.sudo().schedule_ids.filtered(
            lambda schedule: schedule.enabled and schedule.job_type == PURCHASE_JOB
        )._start_soon()

    def _pieces_without_money(self):
        """Those that were not bought because the balance is too low."""
        return (
            self.env["orion.digital.piece"]
            .sudo()
            .search(
                [
                    ("supplier_id", "=", self.id),
                    ("state", "=", "waiting"),
                    ("reason", "=", "balance_too_low"),
                ]
            )
        )

    def _spendable(self):
        """`lib.purchasing.Money`: what was told last, less what was ordered since; None where
        nothing was told yet."""
        self.ensure_one()
        if not self.key_balance_at:
            return None
        ordered = self.env["orion.key.purchase"].search(
            [
                ("channel_id", "=", self.id),
                ("create_date", ">", self.key_balance_at),
                ("state", "not in", ("failed", "cancelled")),
                ("currency_id", "=", self.key_currency_id.id),
            ]
        )
        told = Decimal(str(round(self.key_usable, 4)))
        return Money(told, self.key_currency_id.name or "").less(ordered._expected_cost())

    def _follow_low_balance(self, said=None):
        """One activity as long as it is low, or keys wait because of it.

        :param said: what the supplier said when it refused to sell
        """
        known = self.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(LOW_BALANCE)
        )
        if not (said or self.is_key_balance_low or self._pieces_without_money()):
            known.unlink()
            return
        user = self._key_responsible()
        if known or not user:
            return
        told = self.with_context(lang=user.lang or "en_US").env
        left = told._(
            "%(usable).2f %(currency)s are left. Top it up, or keys that are sold will not be "
            "bought.",
            usable=self.key_usable,
            currency=self.key_currency_id.name or "",
        )
        self.activity_schedule(
            LOW_BALANCE,
            user_id=user.id,
            summary=told._("The balance at %(channel)s is low", channel=self.name),
            note=escape(f"{said} {left}" if said else left),
        )
