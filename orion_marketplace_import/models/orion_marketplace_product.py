from odoo import api, fields, models

from odoo.addons.orion_base.json_field import ReadableJson


class OrionMarketplaceProduct(models.Model):
    """A row of a feed, staged before it becomes a product. Written by imports only, in SQL."""

    _name = "orion.marketplace.product"
    _description = "Staged Product"
    # of each new row the database would look up two users, which takes as long as writing it
    _log_access = False
    _order = "channel_id, external_id, id"
    _rec_name = "title"
    _rec_names_search = ["title", "external_id", "gtin"]

    channel_id = fields.Many2one("orion.channel", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="channel_id.company_id")
    external_id = fields.Char(string="Product ID", required=True, readonly=True)
    title = fields.Char(translate=True, readonly=True)
    description = fields.Text(translate=True, readonly=True)
    texts = ReadableJson(
        readonly=True, help="Title and description by language (ISO 639-1), as the feeds gave them."
    )
    languages = fields.Char(
        compute="_compute_languages", help="Languages of the feeds that have this product."
    )
    link = fields.Char(string="Product Page", readonly=True)
    image_link = fields.Char(string="Image", readonly=True)
    additional_image_links = ReadableJson(readonly=True)
    price = fields.Float(digits="Product Price", readonly=True, help="Gross, as sold.")
    sale_price = fields.Float(digits="Product Price", readonly=True, help="Gross, as sold.")
    currency = fields.Char(readonly=True, help="ISO 4217; empty: the feed does not say it.")
    availability = fields.Selection(
        [
            ("in_stock", "In Stock"),
            ("out_of_stock", "Out of Stock"),
            ("preorder", "Preorder"),
            ("backorder", "Backorder"),
        ],
        readonly=True,
    )
    condition = fields.Selection(
        [("new", "New"), ("refurbished", "Refurbished"), ("used", "Used")], readonly=True
    )
    brand = fields.Char(readonly=True, index=True)
    gtin = fields.Char(
        string="GTIN", readonly=True, index="btree_not_null", help="Canonical, 14 digits."
    )
    gtin_given = fields.Char(string="GTIN in the Feed", readonly=True)
    mpn = fields.Char(string="Manufacturer Number", readonly=True)
    identifier_exists = fields.Boolean(readonly=True)
    product_type = fields.Char(string="Category", readonly=True)
    google_product_category = fields.Char(string="Google Category", readonly=True)
    item_group_id = fields.Char(
        string="Variant Group",
        readonly=True,
        index="btree_not_null",
        help="Shared by the variants of one product.",
    )
    color = fields.Char(readonly=True)
    size = fields.Char(readonly=True)
    gender = fields.Char(readonly=True)
    age_group = fields.Char(readonly=True)
    material = fields.Char(readonly=True)
    pattern = fields.Char(readonly=True)
    adult = fields.Boolean(string="Adults Only", readonly=True)
    tax_rate = fields.Float(string="Tax Rate (%)", readonly=True)
    quantity = fields.Integer(string="Stock", readonly=True)
    preorder_days = fields.Integer(readonly=True)
    weight = fields.Float(string="Weight (kg)", digits="Stock Weight", readonly=True)
    is_digital = fields.Boolean(string="Digital", readonly=True)
    platform = fields.Char(readonly=True, help="What a digital product runs on.")
    regions = ReadableJson(readonly=True, help="Where a digital product works.")
    attributes = ReadableJson(
        readonly=True, help="Columns of the feed that have no field of their own, by name."
    )
    attributes_shown = fields.Text(string="Further Columns", compute="_compute_attributes_shown")
    source = fields.Char(readonly=True, help="The file or address the last change came from.")
    digests = ReadableJson(
        readonly=True, help="Digest of the row by language: an equal one is not written again."
    )
    row_digests = ReadableJson(
        readonly=True,
        help="Digest by language of the row as it stood in the file: an equal one is not even "
        "read again.",
    )
    first_seen_at = fields.Datetime(string="First Seen", readonly=True)
    changed_at = fields.Datetime(string="Last Changed", readonly=True)
    missing_since = fields.Datetime(
        readonly=True, index="btree_not_null", help="Since when full feeds lack this product."
    )

    _channel_external_id_unique = models.UniqueIndex(
        "(channel_id, external_id)", "This product is staged already."
    )

    @api.depends("texts")
    def _compute_languages(self):
        for product in self:
            product.languages = ", ".join(sorted(product.texts or {}))

    @api.depends("attributes")
    def _compute_attributes_shown(self):
        for product in self:
            product.attributes_shown = "\n".join(
                f"{name}: {value}" for name, value in sorted((product.attributes or {}).items())
            )
