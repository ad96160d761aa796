from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.orion_base.engine.cursors import hold_rows

from ..lib.stock_adapter import VERB

#: What of a listing decides about its quantity.
RULE_FIELDS = frozenset(
    {
        "active",
        "stock_policy",
        "safety_stock",
        "stock_limit",
        "fixed_quantity",
        "fixed_beyond_stock",
        "stock_uom_id",
        "external_sku",
        "product_id",
    }
)


class OrionListing(models.Model):
    """The stock of a product on a channel: available, told, and what is on its way."""

    _inherit = "orion.listing"

    # === FIELDS === #

    stock_uom_id = fields.Many2one(
        "uom.uom",
        string="Sold In",
        help="Unit of one piece on the channel, such as a dozen. Empty: the product's own.",
    )
    stock_available = fields.Float(
        string="Available",
        readonly=True,
        copy=False,
        digits="Product Unit",
        help="What could be sold when the stock was last looked at, in the unit sold: on hand less "
        "all that is promised.",
    )
    stock_looked_at = fields.Datetime(string="Looked At", readonly=True, copy=False)
    stock_queued_quantity = fields.Integer(
        string="To Tell", readonly=True, copy=False, help="Newest quantity for the channel."
    )
    stock_queued_at = fields.Datetime(readonly=True, copy=False)
    stock_version = fields.Integer(
        readonly=True, copy=False, help="Grows with each new quantity for the channel."
    )
    stock_ever_positive = fields.Boolean(readonly=True, copy=False)
    stock_status = fields.Selection(
        [
            ("none", "Not Sent Yet"),
            ("pending", "On Its Way"),
            ("told", "Up to Date"),
            ("error", "Error"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="none",
        index=True,
    )
    stock_error = fields.Text(readonly=True, copy=False)
    stock_seen_quantity = fields.Integer(
        string="There",
        readonly=True,
        copy=False,
        help="What the marketplace itself said it has, at the last comparison.",
    )
    stock_seen_at = fields.Datetime(string="Read There On", readonly=True, copy=False)
    stock_drift = fields.Integer(
        string="Drift",
        readonly=True,
        copy=False,
        help="Pieces that the marketplace had too many (or, negative, too few), at the last "
        "comparison.",
    )

    stock_sku = fields.Char(
        string="SKU Told",
        compute="_compute_stock_sku",
        store=True,
        help="Under which SKU the channel is told: the listing's, else the product's, else the "
        "marketplace's own id.",
    )
    stock_told_sku = fields.Char(
        string="SKU Last Sent",
        readonly=True,
        copy=False,
        help="SKU under which the channel was last sent a quantity.",
    )

    _stock_status_index = models.Index("(channel_id, stock_status)")
    _stock_sku_index = models.Index("(channel_id, stock_sku)")

    # === COMPUTE === #

    @api.depends("external_sku", "product_id.default_code", "external_id")
    def _compute_stock_sku(self):
        for listing in self:
            names = (listing.external_sku, listing.product_id.default_code, listing.external_id)
            listing.stock_sku = next((name.strip() for name in names if name and name.strip()), "")

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        listings = super().create(vals_list)
        listings._note_stock_rule()
        return listings

    def write(self, vals):
        if not self.env.su:
            # the job writes many at once, and holds them itself
            self.check_access("write")
            hold_rows(self)
        if not RULE_FIELDS & vals.keys():
            return super().write(vals)
        self._note_stock_rule()
        result = super().write(vals)
        self._note_stock_rule()
        return result

    def unlink(self):
        self._note_stock_rule()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _keep_what_is_sold(self):
        """What is gone here cannot be told as 0, and would be sold there for ever."""
        for listing in self.sudo():
            channel = listing.channel_id
            if channel.active and channel.stock_sync_enabled and listing._may_be_sold_there():
                raise UserError(
                    self.env._(
                        "%(channel)s may still sell %(product)s. Archive the listing, so that 0 is "
                        "told; once it was told, the listing can be deleted.",
                        channel=channel.name,
                        product=listing.product_id.display_name,
                    )
                )

    def _may_be_sold_there(self):
        """Whether the channel has been told pieces, or is being told them now."""
        self.ensure_one()
        on_its_way = self.stock_status == "pending" and self.stock_queued_quantity > 0
        return self.last_pushed_quantity > 0 or on_its_way

    def _note_stock_rule(self):
        """What decides about these quantities has changed, and about those with the same SKU."""
        following = self.env["orion.channel"]._stock_channels()
        listings = self.sudo().filtered(lambda listing: listing.channel_id.id in following)
        listings |= listings._with_same_sku()
        for channel, found in listings.grouped("channel_id").items():
            self.env["orion.stock.change"]._note(found.product_id.ids, channel.ids)

    # === ACTIONS === #

    def action_push_inventory(self):
        """Send the stock of the selected listings now."""
        channels = self.env["orion.channel"]
        results = [
            channel.push_inventory(product_ids=listings.product_id.ids)
            for channel, listings in self.grouped("channel_id").items()
        ]
        if not results:
            raise UserError(
                self.env._(
                    "No channel that is told the stock lists this product. Add a listing, or "
                    "switch on “Send Stock” on its channel."
                )
            )
        return channels._notify_stock(
            {
                "success": all(result["success"] for result in results),
                "message": " ".join(result["message"] for result in results),
            }
        )

    def action_open_stock_operations(self):
        """What was, or will be, told of these listings."""
        action = self.env["ir.actions.act_window"]._for_xml_id("orion_base.action_orion_operation")
        return {
            **action,
            "domain": [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("operation", "=", VERB),
            ],
            "context": {},
        }
