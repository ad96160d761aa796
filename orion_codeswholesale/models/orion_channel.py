from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.orion_base.rpc import USER, check_caller
from odoo.addons.orion_digital_keys.lib.keys_adapter import ROLE as KEYS
from odoo.addons.orion_marketplace_import.lib.catalogue_adapter import ROLE as CATALOGUE

from ..lib.account import BOTH, CLIENT_ID, CLIENT_SECRET
from ..lib.catalogue_adapter import CodesWholesaleCatalogueAdapter
from ..lib.keys_adapter import CodesWholesaleKeysAdapter
from .orion_schedule import CATALOGUE_JOB

CODE = "codeswholesale"
ENDPOINT = "https://api.codeswholesale.com"
SANDBOX = "https://sandbox.codeswholesale.com"
#: What the sales price is made of.
MARGIN_FIELDS = frozenset(
    {"codeswholesale_margin", "codeswholesale_surcharge", "codeswholesale_rounding"}
)


class OrionChannel(models.Model):
    """A store's account at CodesWholesale, which sells to it."""

    _inherit = "orion.channel"

    marketplace = fields.Selection(
        selection_add=[(CODE, "CodesWholesale")],
        ondelete={CODE: lambda channels: channels._retire_from_codeswholesale()},
    )
    codeswholesale_margin = fields.Float(
        string="Margin (%)",
        default=20.0,
        help="Percent added to what a key costs; taxes come on top, customers pay both.",
    )
    codeswholesale_surcharge = fields.Float(
        string="Surcharge",
        digits="Product Price",
        help="Added to the price with margin and taxes, in the company's currency.",
    )
    codeswholesale_rounding = fields.Float(
        string="Round To",
        digits=(12, 2),
        default=0.01,
        help="The sales price becomes a multiple of it, such as 0.05. Zero: to the cent.",
    )
    _codeswholesale_margin_range = models.Constraint(
        "CHECK (codeswholesale_margin > -100 AND codeswholesale_rounding >= 0)",
        "A margin of -100 % or less leaves no price, and prices are not rounded to negative "
        "amounts.",
    )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        # sales prices follow the supplier's, unless somebody says otherwise
        return super().create(
            [
                {"publish_rule": "changes", **vals} if vals.get("marketplace") == CODE else vals
                for vals in vals_list
            ]
        )

    def write(self, vals):
        result = super().write(vals)
        suppliers = self.filtered(lambda channel: channel.marketplace == CODE)
        if suppliers and MARGIN_FIELDS.intersection(vals):
            suppliers._reprice()
        return result

    # === ACTIONS === #

    def action_codeswholesale_products(self):
        """What CodesWholesale sells, by its last catalogue sync."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "orion_codeswholesale.action_codeswholesale_products"
        )
        return {**action, "domain": [("channel_id", "=", self.id)]}

    def action_codeswholesale_sync(self):
        """Read what has changed in the price list, in the background."""
        return self._start_catalogue_sync({})

    def action_codeswholesale_sync_all(self):
        """Read the whole price list, in the background."""
        return self._start_catalogue_sync({"full": True})

    def _start_catalogue_sync(self, parameters):
        check_caller(self, USER, "read")
        for channel in self:
            if channel.marketplace != CODE:
                raise UserError(
                    self.env._("%(channel)s has no catalogue to read.", channel=channel.name)
                )
            channel.sudo()._request_job(
                CATALOGUE_JOB, parameters, triggered_by=f"user:{self.env.uid}"
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "The catalogue is read in the background; “Sync Logs” shows how far."
                ),
            },
        }

    # === HOOKS === #

    @api.model
    def _default_api_endpoint(self, marketplace):
        if marketplace == CODE:
            return ENDPOINT
        return super()._default_api_endpoint(marketplace)

    def _adapter_class(self, role):
        if self.marketplace == CODE and role == CATALOGUE:
            return CodesWholesaleCatalogueAdapter
        if self.marketplace == CODE and role == KEYS:
            return CodesWholesaleKeysAdapter
        return super()._adapter_class(role)

    def _secret_names(self):
        """Client id and secret: as one key, or each on its own."""
        if self.marketplace != CODE:
            return super()._secret_names()
        present = self.sudo().credential_ids.filtered("has_secret").mapped("name")
        apart = (CLIENT_ID, CLIENT_SECRET)
        return apart if set(apart) <= set(present) else (BOTH,)

    def _account_name(self, plain_secrets):
        """Nothing is imported twice from one supplier: companies may buy by one account."""
        return None if self.marketplace == CODE else super()._account_name(plain_secrets)

    def _sync_job(self):
        return CATALOGUE_JOB if self.marketplace == CODE else super()._sync_job()

    @api.model
    def _sync_jobs(self):
        return [*super()._sync_jobs(), CATALOGUE_JOB]

    def _default_sync_interval(self):
        return 360 if self.marketplace == CODE else super()._default_sync_interval()

    def _credentials_changed(self):
        """With its first key a supplier's catalogue begins to be read."""
        result = super()._credentials_changed()
        for channel in self.sudo().filtered(lambda one: one.marketplace == CODE):
            schedule = channel._order_schedule_or_create()
            if channel.credential_ids.filtered("has_secret") and not schedule.log_ids:
                # who has entered the key tests it now, and is not to collide with the first run
                soon = fields.Datetime.now() + timedelta(minutes=1)
                schedule.write({"enabled": True, "next_run_at": soon})
        return result

    @api.constrains("publish_missing")
    def _check_codeswholesale_missing(self):
        for channel in self:
            if channel.marketplace == CODE and channel.publish_missing != "keep":
                raise ValidationError(
                    self.env._(
                        "Products of a supplier are not archived when it stops selling them: keys "
                        "of the own pool may be left."
                    )
                )

    # === BUSINESS === #

    def _reprice(self):
        """The rule is another one: products get their sales prices anew."""
        publisher = self.env["orion.publisher"].sudo()
        publisher._mark_changed(SQL("channel_id = ANY(%s)", list(self.ids)))
        for channel in self.filtered(lambda one: one.publish_rule != "manual"):
            channel._request_publishing({"rule": "changes"}, "scheduler")

    def _retire_from_codeswholesale(self):
        """When the app goes, its channels stay as archived ones: what was bought there is
        history. A channel's marketplace is fixed, so this goes around the ORM."""
        self.flush_recordset(["marketplace", "active"])
        self.env.cr.execute(
            "UPDATE orion_channel SET marketplace = 'storefront', active = FALSE"
            " WHERE id = ANY(%s)",
            [self.ids],
        )
        self.invalidate_recordset(["marketplace", "active"])
