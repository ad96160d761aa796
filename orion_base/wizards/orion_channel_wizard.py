from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import secrets
from ..rpc import MANAGER, check_caller


class OrionChannelWizard(models.TransientModel):
    """Connects a marketplace: which one, its key, does it work, done."""

    _name = "orion.channel.wizard"
    _inherit = "orion.secret.entry"
    _description = "Connect a Marketplace"
    _transient_max_hours = 1.0

    marketplace = fields.Selection(
        "_selection_marketplace", required=True, default=lambda self: self._default_marketplace()
    )
    name = fields.Char(
        compute="_compute_from_marketplace",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    api_endpoint = fields.Char(
        string="API Endpoint",
        compute="_compute_from_marketplace",
        store=True,
        readonly=False,
        precompute=True,
    )
    is_sandbox = fields.Boolean(string="Sandbox")
    auto_sync_enabled = fields.Boolean(string="Import Orders Automatically")
    has_marketplaces = fields.Boolean(compute="_compute_has_marketplaces")
    test_message = fields.Char(readonly=True)
    test_succeeded = fields.Boolean(readonly=True)

    @api.model
    def _selection_marketplace(self):
        """Every marketplace but the storefront, which is Odoo itself."""
        channels = self.env["orion.channel"]
        options = channels._fields["marketplace"]._description_selection(self.env)
        return [option for option in options if option[0] != "storefront"]

    @api.model
    def _default_marketplace(self):
        options = self._selection_marketplace()
        return options[0][0] if len(options) == 1 else False

    @api.depends_context("lang")
    def _compute_has_marketplaces(self):
        self.has_marketplaces = bool(self._selection_marketplace())

    @api.depends("marketplace")
    def _compute_from_marketplace(self):
        labels = dict(self._selection_marketplace())
        for wizard in self:
            wizard.name = labels.get(wizard.marketplace)
            wizard.api_endpoint = self.env["orion.channel"]._default_api_endpoint(
                wizard.marketplace
            )

    # === ACTIONS === #

    def action_test(self):
        """Try the key; nothing is connected yet."""
        self.ensure_one()
        channels = self.env["orion.channel"]
        check_caller(channels, MANAGER, "create")
        ciphertext = self.sudo().secret_ciphertext
        if not ciphertext:
            raise UserError(self.env._("Enter the key first."))
        secrets.require_usable(self.env)
        channel = channels.new(self._prepare_channel())
        result = channel._test_with(
            {channels._main_secret_name(): secrets.decrypt(self.env, ciphertext)}
        )
        self.write({"test_message": result["message"], "test_succeeded": result["success"]})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Connect a Marketplace"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_connect(self):
        """Create the channel with its key, test it, and show it."""
        self.ensure_one()
        channels = self.env["orion.channel"]
        check_caller(channels, MANAGER, "create")
        sealed = self._take_sealed()
        channel = channels.create(
            {**self._prepare_channel(), "auto_sync_enabled": self.auto_sync_enabled}
        )
        if sealed:
            self.env["orion.credential"]._store(channel, {channels._main_secret_name(): sealed})
            channel.test_connection()
        return {
            "type": "ir.actions.act_window",
            "res_model": "orion.channel",
            "res_id": channel.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _prepare_channel(self):
        self.ensure_one()
        return {
            "name": self.name,
            "marketplace": self.marketplace,
            "company_id": self.company_id.id,
            "api_endpoint": self.api_endpoint,
            "is_sandbox": self.is_sandbox,
        }
