from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..lib.publishing.prices import with_margin

#: What the store can set on a listing instead of what comes from product and feed.
OVERRIDES = (
    "name",
    "description",
    "availability",
    "is_featured",
    "max_quantity",
)


class OrionListing(models.Model):
    """The staged product behind a listing, and the store's rule for its price."""

    _inherit = "orion.listing"

    marketplace_product_id = fields.Many2one(
        "orion.marketplace.product",
        string="Staged Product",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    archived_as_missing = fields.Boolean(
        readonly=True,
        copy=False,
        help="Archived because the feed lacks it; restored when the feed has it again.",
    )
    price_rule = fields.Selection(
        [("fixed", "Fixed price, or the product's"), ("margin", "The product's price and more")],
        required=True,
        default="fixed",
        help="Where the price on the channel comes from.",
    )
    price_margin = fields.Float(
        string="Margin (%)", help="Percent added to the product's price; negative: taken off."
    )
    price_surcharge = fields.Monetary(
        string="Surcharge", help="Added to the product's price after the margin."
    )
    price_rounding = fields.Float(
        string="Round To",
        digits=(12, 2),
        default=0.01,
        help="The price becomes a multiple of it, such as 0.05. Zero: to the cent.",
    )
    effective_price = fields.Monetary(
        string="Price on the Channel",
        compute="_compute_effective_price",
        help="What customers pay, taxes included, by the rule or the fixed price.",
    )
    feed_price = fields.Float(related="marketplace_product_id.price", string="Price in the Feed")
    feed_sale_price = fields.Float(
        related="marketplace_product_id.sale_price", string="Sale Price in the Feed"
    )
    feed_availability = fields.Selection(
        related="marketplace_product_id.availability", string="Availability in the Feed"
    )
    feed_condition = fields.Selection(
        related="marketplace_product_id.condition", string="Condition in the Feed"
    )
    feed_status = fields.Selection(
        related="marketplace_product_id.publish_status", string="Feed Status"
    )
    own_values = fields.Char(
        string="The Store's Own",
        compute="_compute_own_values",
        help="What is set here, and is not overwritten by feeds.",
    )

    _marketplace_product_unique = models.UniqueIndex(
        "(marketplace_product_id) WHERE marketplace_product_id IS NOT NULL",
        "This staged product has a listing already.",
    )
    _price_rounding_not_negative = models.Constraint(
        "CHECK (price_rounding >= 0)", "Prices cannot be rounded to a negative amount."
    )

    # === COMPUTE AND CONSTRAINTS === #

    @api.depends(
        "price",
        "price_rule",
        "price_margin",
        "price_surcharge",
        "price_rounding",
        "product_id.lst_price",
        "product_id.taxes_id",
        "marketplace_product_id.published_values",
    )
    def _compute_effective_price(self):
        builder = self.env["orion.feed.builder"].sudo()
        for channel, listings in self.sudo().grouped("channel_id").items():
            prices = builder._listing_prices(channel, listings)
            for listing in listings:
                listing.effective_price = prices.get(listing.id, 0.0)

    @api.depends(
        "name",
        "description",
        "availability",
        "is_featured",
        "max_quantity",
        "min_quantity",
        "price",
        "sale_price",
        "price_rule",
        "condition",
        "marketplace_product_id.published_values",
    )
    def _compute_own_values(self):
        for listing in self:
            labels = [
                self._fields[name]._description_string(self.env) for name in listing._own_names()
            ]
            listing.own_values = ", ".join(labels)

    def _own_names(self):
        """Names of the fields in which the store has its own say."""
        self.ensure_one()
        published = (self.sudo().marketplace_product_id.published_values or {}).get("listing", {})
        names = [name for name in OVERRIDES if self[name]]
        if self.min_quantity > 1:
            names.append("min_quantity")
        if self.price_rule == "margin":
            names.append("price_rule")
        for name, default in (("price", 0.0), ("sale_price", 0.0), ("condition", "new")):
            if self[name] != published.get(name, default):
                names.append(name)
        return names

    @api.constrains("price_rule", "price_margin")
    def _check_price_margin(self):
        for listing in self:
            if listing.price_rule == "margin" and listing.price_margin <= -100:
                raise ValidationError(
                    self.env._("A margin of -100 % or less leaves no price. Raise it.")
                )

    # === ACTIONS === #

    def action_view_staged(self):
        """The row of the feed behind this listing."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "orion.marketplace.product",
            "res_id": self.marketplace_product_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # === BUSINESS === #

    def _with_margin(self, price, surcharge):
        """A product's gross price with this listing's margin.

        :param price: `Decimal` of any currency, in which the result is too
        :param surcharge: this listing's, as `Decimal` of the same currency
        """
        self.ensure_one()
        if not price:
            return price
        return with_margin(
            price,
            Decimal(str(self.price_margin)),
            surcharge,
            Decimal(str(self.price_rounding)),
        )
