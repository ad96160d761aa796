from odoo import api, fields, models
from odoo.exceptions import ValidationError


class OrionListing(models.Model):
    """A product on a channel: its id and SKU there, what overrides the product, what was
    last pushed. Features of other addons fill and send it."""

    _name = "orion.listing"
    _description = "Marketplace Listing"
    _order = "channel_id, display_order, id"
    _check_company_auto = True
    _rec_names_search = ["external_sku", "external_id", "product_id"]

    channel_id = fields.Many2one("orion.channel", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    active = fields.Boolean(
        default=True, help="An archived listing is not offered on the channel any more."
    )
    external_id = fields.Char(
        string="External ID", copy=False, help="Identifier the marketplace gave the product."
    )
    external_sku = fields.Char(
        string="SKU Sent", copy=False, help="SKU under which the marketplace knows the product."
    )
    name = fields.Char(
        string="Title",
        translate=True,
        help="Title on the channel, per language. Empty: the product's own name.",
    )
    description = fields.Text(
        translate=True,
        help="Description on the channel, per language. Empty: the product's own description.",
    )

    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    price = fields.Monetary(help="Price on the channel. Zero: the product's own price.")
    sale_price = fields.Monetary(help="Reduced price on the channel. Zero: no reduction.")
    availability = fields.Selection(
        [
            ("in_stock", "In Stock"),
            ("out_of_stock", "Out of Stock"),
            ("preorder", "Preorder"),
            ("backorder", "Backorder"),
        ],
        help="What the channel says. Empty: it follows from the stock.",
    )
    condition = fields.Selection(
        [("new", "New"), ("refurbished", "Refurbished"), ("used", "Used")],
        required=True,
        default="new",
    )
    is_featured = fields.Boolean(string="Featured", help="Shown prominently on the channel.")
    display_order = fields.Integer(default=10, help="Lower comes first on the channel.")
    min_quantity = fields.Integer(
        string="Minimum Quantity", default=1, help="Fewest pieces a customer may order at once."
    )
    max_quantity = fields.Integer(
        string="Maximum Quantity", help="Most pieces a customer may order at once. Zero: no limit."
    )

    stock_policy = fields.Selection(
        [
            ("channel", "As the channel"),
            ("own", "Own safety stock and limit"),
            ("fixed", "Fixed quantity"),
            ("never", "Never sell here"),
        ],
        required=True,
        default="channel",
    )
    safety_stock = fields.Integer(help="Pieces held back from what the channel is told.")
    stock_limit = fields.Integer(help="Most pieces the channel is told. Zero: no limit.")
    fixed_quantity = fields.Integer(
        help="Pieces the channel is told, as long as so many are available; else what is available."
    )
    fixed_beyond_stock = fields.Boolean(
        string="Even Beyond the Stock",
        help="The channel is told the fixed quantity although there is less: for what is made or "
        "bought once it is sold. More may be sold than there is.",
    )

    last_pushed_quantity = fields.Integer(readonly=True, copy=False)
    last_pushed_quantity_at = fields.Datetime(
        string="Quantity Pushed On", readonly=True, copy=False
    )
    last_pushed_price = fields.Monetary(readonly=True, copy=False)
    last_pushed_price_at = fields.Datetime(string="Price Pushed On", readonly=True, copy=False)

    _channel_product_unique = models.Constraint(
        "UNIQUE (channel_id, product_id)",
        "This product has a listing on this channel already. Open that one instead.",
    )
    _channel_external_id_unique = models.Constraint(
        "UNIQUE (channel_id, external_id)",
        "Another listing of this channel has this external ID already.",
    )
    _prices_not_negative = models.Constraint(
        "CHECK (price >= 0 AND sale_price >= 0)", "A price cannot be negative."
    )
    _stock_not_negative = models.Constraint(
        "CHECK (safety_stock >= 0 AND stock_limit >= 0 AND fixed_quantity >= 0)",
        "Safety stock, stock limit and fixed quantity cannot be negative.",
    )

    # === CONSTRAINTS === #

    @api.constrains("min_quantity", "max_quantity")
    def _check_quantities(self):
        for listing in self:
            if listing.min_quantity < 1:
                raise ValidationError(self.env._("The minimum quantity must be at least 1."))
            if listing.max_quantity and listing.max_quantity < listing.min_quantity:
                raise ValidationError(
                    self.env._(
                        "The maximum quantity (%(maximum)s) is below the minimum quantity "
                        "(%(minimum)s). Raise it, or set 0 for no limit.",
                        maximum=listing.max_quantity,
                        minimum=listing.min_quantity,
                    )
                )

    @api.constrains("price", "sale_price")
    def _check_sale_price(self):
        for listing in self:
            if listing.price and listing.sale_price > listing.price:
                raise ValidationError(
                    self.env._("The sale price must not be above the price. Lower it, or clear it.")
                )

    # === COMPUTE === #

    @api.depends("channel_id")
    def _compute_currency_id(self):
        for listing in self:
            company = listing.channel_id.company_id or self.env.company
            listing.currency_id = listing.currency_id or company.currency_id

    @api.depends("name", "product_id.display_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for listing in self:
            listing.display_name = listing.name or listing.product_id.display_name

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._without_blank_identity(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._without_blank_identity(vals))

    @api.model
    def _without_blank_identity(self, vals):
        """An empty external id is no id: two of them must not collide."""
        if "external_id" in vals and not (vals["external_id"] or "").strip():
            return {**vals, "external_id": False}
        return vals
