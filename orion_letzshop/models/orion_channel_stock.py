import string
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.orion_base.rpc import MANAGER, check_caller

from ..lib.stock_adapter import OPENS_DROP, TIME

SCHEMES = {"sftp": ("sftp",), "http": ("https", "http")}
#: What decides where the stock goes: afterwards all of it is told anew.
WAY_FIELDS = frozenset({"letzshop_stock_way", "letzshop_stock_address"})


class OrionChannel(models.Model):
    """In which way Letzshop gets the stock."""

    _inherit = "orion.channel"

    letzshop_stock_way = fields.Selection(
        [
            ("feed", "In the product feed, which Letzshop fetches"),
            ("sftp", "As files put by SFTP"),
            ("http", "As files put by HTTP"),
            ("graphql", "By GraphQL (updateInventory)"),
        ],
        string="Letzshop Gets Stock",
        required=True,
        default="feed",
        tracking=True,
        help="By GraphQL: the mutation updateInventory of the project's documents. No public "
        "evidence shows Letzshop offering it.",
    )
    letzshop_stock_address = fields.Char(
        string="Place for Stock Files",
        tracking=True,
        help="Address of the file to put, with {time} where the moment stands, so that no file "
        "overwrites another. It has the columns sku and quantity, and holds what has changed.",
    )
    letzshop_stock_user = fields.Char(string="User of the Place", copy=False)
    letzshop_stock_host_key = fields.Char(
        string="Key of the Server",
        help="The SFTP server's public key, such as “ssh-ed25519 AAAA…”: what ssh-keyscan says, or "
        "its owner. Nothing is sent to a server with another key.",
    )
    letzshop_stock_fetched_at = fields.Datetime(
        string="Last Fetched",
        compute="_compute_letzshop_stock_fetched_at",
        help="When Letzshop last fetched the product feed.",
    )
    letzshop_stock_fetched_by = fields.Char(
        string="Fetched By",
        compute="_compute_letzshop_stock_fetched_at",
        help="Program (User-Agent) and network that fetched the feed last: is it Letzshop's?",
    )

    # === COMPUTE AND CONSTRAINTS === #

    @api.depends(
        "feed_file_ids.fetched_at", "feed_file_ids.fetched_by", "feed_file_ids.fetched_from"
    )
    def _compute_letzshop_stock_fetched_at(self):
        for channel in self:
            fetched = channel.feed_file_ids.filtered("fetched_at").sorted("fetched_at")
            last = fetched[-1:]
            channel.letzshop_stock_fetched_at = last.fetched_at
            parts = (last.fetched_by, last.fetched_from)
            channel.letzshop_stock_fetched_by = ", ".join(part for part in parts if part)

    @api.constrains("letzshop_stock_way", "letzshop_stock_address")
    def _check_stock_address(self):
        for channel in self.filtered("letzshop_stock_address"):
            schemes = SCHEMES.get(channel.letzshop_stock_way)
            if schemes and not self._is_stock_address(channel.letzshop_stock_address, schemes):
                raise ValidationError(
                    self.env._(
                        "“%(address)s” is no place for stock files. It looks like "
                        "%(scheme)s://host/folder/stock-{time}.csv, without user and password.",
                        address=channel.letzshop_stock_address.rpartition("@")[2],
                        scheme=schemes[0],
                    )
                )

    @api.model
    def _is_stock_address(self, address, schemes):
        try:
            parts = urlsplit(address)
            return (
                parts.scheme in schemes
                and bool(parts.hostname)
                and parts.port != 0
                and "@" not in parts.netloc
                and TIME in parts.path
                and not set(address) & set(string.whitespace)
            )
        except ValueError:
            return False

    # === CRUD === #

    def write(self, vals):
        moved = self.browse()
        if "letzshop_stock_address" in vals:
            target = vals["letzshop_stock_address"]
            moved = self.filtered(
                lambda one: (
                    self._address_origin(one.letzshop_stock_address) != self._address_origin(target)
                )
            )
        changed = self.filtered(
            lambda one: any(one[name] != vals[name] for name in WAY_FIELDS & vals.keys())
        )
        result = super().write(vals)
        moved.sudo().credential_ids.filtered(lambda one: one.name == OPENS_DROP)._clear_secret()
        changed._forget_told_stock()
        return result

    # === ACTIONS === #

    def action_set_stock_password(self):
        """Open the dialog that takes the password of the place for files."""
        self.ensure_one()
        check_caller(self, MANAGER, "write")
        return self._action_set_credential(OPENS_DROP)

    # === HOOKS === #

    def _publish_stock(self, listings):
        """The feed is written anew with the next fetch, which then holds these quantities."""
        super()._publish_stock(listings)
        self.sudo().feed_file_ids.filtered(lambda file: not file.stock_changed).write(
            {"stock_changed": True}
        )
