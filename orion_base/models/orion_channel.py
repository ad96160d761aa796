from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .. import identity, secrets
from ..engine.cursors import hold_rows

WRITTEN_BY_SYSTEM = frozenset({"state", "connection_problem"})
DEFAULT_PORTS = {"http": 80, "https": 443}
#: Set by who has held the rows already, many at once, and writes each for itself.
ARE_HELD = "orion_channels_are_held"


def _address_origin(url):
    """Scheme, host and port of a URL: who gets the key."""
    parts = urlsplit((url or "").strip())
    return parts.scheme.lower(), parts.hostname, parts.port or DEFAULT_PORTS.get(parts.scheme)


class OrionChannel(models.Model):
    """A store's connection to one marketplace or supplier."""

    _name = "orion.channel"
    _description = "Marketplace Channel"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        default=True, tracking=True, help="An archived channel makes no calls; its queue waits."
    )
    color = fields.Integer()
    marketplace = fields.Selection([("storefront", "Storefront")], required=True, index=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    state = fields.Selection(
        [("draft", "Draft"), ("connected", "Connected"), ("error", "Error")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
        help="Draft: not tested yet. Error: the last call failed in a way that concerns all calls.",
    )
    connection_problem = fields.Text(
        readonly=True, copy=False, help="What went wrong, and what to do, while the state is Error."
    )
    api_endpoint = fields.Char(
        string="API Endpoint",
        compute="_compute_api_endpoint",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="Address of the marketplace's API. Changing its scheme, host or port clears the "
        "credentials.",
    )
    is_sandbox = fields.Boolean(
        string="Sandbox", tracking=True, help="The endpoint and the key belong to a test system."
    )
    responsible_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        check_company=True,
        tracking=True,
        help="Gets the notifications and activities of this channel.",
    )
    requests_per_second = fields.Float(
        default=50.0,
        help="Most calls a second, of all server processes together; 0 for no limit of our own.",
    )
    request_timeout = fields.Integer(
        default=30, help="Seconds one call may take from start to end."
    )
    credential_ids = fields.One2many(
        "orion.credential", "channel_id", groups="orion_base.group_orion_manager"
    )
    schedule_ids = fields.One2many("orion.schedule", "channel_id")
    api_key_masked = fields.Char(
        string="API Key",
        compute="_compute_api_key_masked",
        compute_sudo=True,
        help="The first characters of the stored key. The key itself can be set, never read.",
    )
    pause_reason = fields.Text(
        compute="_compute_pause_reason",
        help="Why this server makes no marketplace calls at all, if so.",
    )
    is_unconfirmed_copy = fields.Boolean(compute="_compute_pause_reason")

    _request_timeout_range = models.Constraint(
        # a worker owns what it sends for 150 seconds: the call must be over before
        "CHECK (request_timeout BETWEEN 1 AND 120)",
        "The timeout of a call must be between 1 and 120 seconds.",
    )
    _requests_per_second_positive = models.Constraint(
        "CHECK (requests_per_second >= 0)", "The calls a second must not be negative."
    )

    # === COMPUTE === #

    @api.depends("marketplace")
    def _compute_api_endpoint(self):
        for channel in self:
            channel.api_endpoint = self._default_api_endpoint(channel.marketplace)

    @api.depends("credential_ids.masked_value", "credential_ids.name")
    def _compute_api_key_masked(self):
        name = self._main_secret_name()
        for channel in self:
            main = channel.credential_ids.filtered(lambda credential: credential.name == name)
            channel.api_key_masked = main.masked_value

    def _compute_pause_reason(self):
        copy_problem = identity.copy_problem(self.env)
        self.pause_reason = copy_problem or secrets.key_problem(self.env)
        self.is_unconfirmed_copy = bool(copy_problem)

    # === CONSTRAINTS === #

    @api.constrains("api_endpoint")
    def _check_api_endpoint(self):
        for channel in self.filtered("api_endpoint"):
            if not self._is_valid_address(channel.api_endpoint):
                raise ValidationError(
                    self.env._(
                        "“%(endpoint)s” is not an address of an API. It starts with https:// or "
                        "http:// and holds no user name or password.",
                        endpoint=channel.api_endpoint.rpartition("@")[2],
                    )
                )

    @api.model
    def _is_valid_address(self, url):
        try:
            parts = urlsplit(url)
            return (
                parts.scheme in DEFAULT_PORTS
                and bool(parts.hostname)
                and parts.port != 0
                and "@" not in parts.netloc
                and not any(sign.isspace() for sign in url)
            )
        except ValueError:
            return False

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        channels = super().create(vals_list)
        channels._create_missing_schedules()
        return channels

    def write(self, vals):
        self._check_write(vals)
        if vals.get("active"):
            self.filtered(lambda channel: not channel.active)._check_accounts_before_return()
        moved = self.browse()
        if "api_endpoint" in vals:
            if isinstance(vals["api_endpoint"], str):
                vals = {**vals, "api_endpoint": vals["api_endpoint"].strip()}
            moved = self.filtered(lambda channel: channel._moves_to(vals["api_endpoint"]))
        # jobs write where they stand while a person changes the settings; a worker that writes of
        # calls holds the circuit first
        of_moved = [("channel_id", "in", moved.ids)]
        if not self.env.context.get(ARE_HELD):
            hold_rows(self.env["orion.circuit"].sudo().search(of_moved))
            hold_rows(self)
        result = super().write(vals)
        moved._forget_credentials_of_former_address()
        return result

    def _has_field_access(self, field, operation):
        """The state is what tests and calls have shown; nobody else writes it."""
        if operation == "write" and field.name in WRITTEN_BY_SYSTEM and not self.env.su:
            return False
        return super()._has_field_access(field, operation)

    def _check_write(self, vals):
        if "marketplace" in vals and any(c.marketplace != vals["marketplace"] for c in self):
            raise UserError(
                self.env._(
                    "The marketplace of a channel cannot be changed. Create a new channel and "
                    "archive this one."
                )
            )
        if "company_id" in vals and any(c.company_id.id != vals["company_id"] for c in self):
            raise UserError(
                self.env._(
                    "The company of a channel cannot be changed: orders, logs and keys belong to "
                    "it. Create a new channel in the other company and archive this one."
                )
            )

    def copy_data(self, default=None):
        return [
            {**values, "name": self.env._("%(name)s (copy)", name=channel.name)}
            if not (default or {}).get("name")
            else values
            for channel, values in zip(self, super().copy_data(default=default), strict=True)
        ]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = (
            self.env["orion.operation"]
            .sudo()
            .search_count([("channel_id", "in", self.ids)], limit=1)
        )
        if used:
            raise UserError(
                self.env._(
                    "A channel that has sent something cannot be deleted: nothing that was sent is "
                    "forgotten. Archive it instead."
                )
            )

    def _moves_to(self, endpoint):
        """Whether keys would go to another scheme, host or port."""
        self.ensure_one()
        return self._address_origin(self.api_endpoint) != self._address_origin(endpoint)

    @api.model
    def _address_origin(self, url):
        try:
            return _address_origin(url)
        except ValueError:
            return None

    def _forget_credentials_of_former_address(self):
        credentials = self.sudo().credential_ids.filtered("has_secret")
        for channel in credentials.channel_id:
            channel.message_post(
                body=self.env._(
                    "The endpoint now leads to another server, so the credentials were cleared. "
                    "Set the key for %(host)s.",
                    host=urlsplit(channel.api_endpoint or "").hostname or "?",
                )
            )
        credentials._clear_secret()

    # === HOOKS === #

    @api.model
    def _default_api_endpoint(self, marketplace):
        """Address of a marketplace's API, or False; extended by channel addons."""
        return False

    @api.model
    def _main_secret_name(self):
        """Name of the credential that `set_credentials(api_key=…)` sets."""
        return "api_key"

    def _secret_names(self):
        """Names of the secrets this channel cannot work without; extended by channel addons."""
        self.ensure_one()
        return () if self.marketplace == "storefront" else (self._main_secret_name(),)

    def _adapter_class(self, role):
        """Class of the adapter that plays `role` for this channel, or None.

        Channel addons extend it. The class is called with one
        `odoo.addons.orion_base.lib.connection.ChannelConnection`.
        """
        self.ensure_one()

    def _person_to_tell(self, first=None):
        """Who is told of something of this channel: `first`, else the responsible, if they still
        work here; else a Manager of the company, or the administrator."""
        self.ensure_one()
        for user in (first, self.responsible_id):
            if user and user.active:
                return user
        manager = self.env["orion.alert"].sudo()._responsible(self.company_id)
        return manager or self.env.ref("base.user_admin")

    def _calls_elsewhere(self, role):
        """Whether the adapter of a role calls another host than the channel's own."""
        return getattr(self._adapter_class(role), "elsewhere", False)

    def _told_quantities(self, products):
        """Pieces of products that this channel is told, by the stock rules of an addon that
        sends stock.

        :return: `{product id: whole number}`, absent where no stock is kept; None where no
            addon sends stock to this channel
        """
        self.ensure_one()

    def _adapter_settings(self):
        """JSON-able settings of this channel for its adapters."""
        self.ensure_one()
        return {"channel_id": self._origin.id, "is_sandbox": self.is_sandbox}
