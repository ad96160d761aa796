from odoo import fields, models


class ProductTemplate(models.Model):
    """What a digital product is, and where its keys come from."""

    _inherit = "product.template"

    orion_is_digital = fields.Boolean(
        string="Digital Key",
        help="Sold as a key, a code image or a link that is sent by e-mail. Never from a "
        "warehouse: its stock are its free keys.",
    )
    orion_delivery_method = fields.Selection(
        [("key", "Key"), ("image", "Code Image"), ("link", "Download Link")],
        string="Delivered As",
        default="key",
    )
    orion_key_source = fields.Selection(
        [
            ("pool", "Own Pool"),
            ("supplier", "Supplier"),
            ("pool_then_supplier", "Own Pool, Then Supplier"),
        ],
        string="Keys Come From",
        default="pool",
    )
    orion_platform = fields.Char(
        string="Platform", help="Where the key is activated: Steam, Xbox, Microsoft …"
    )
    orion_region_country_ids = fields.Many2many(
        "res.country",
        "orion_product_region_country_rel",
        string="Countries of Activation",
        help="Where the key can be activated; with the groups of countries. Both empty: "
        "everywhere.",
    )
    orion_region_group_ids = fields.Many2many(
        "res.country.group",
        "orion_product_region_group_rel",
        string="Regions of Activation",
    )
    orion_activation_instructions = fields.Html(
        string="How to Activate", translate=True, help="Sent to the customer with the key."
    )
    orion_maximum_cost = fields.Monetary(
        string="Maximum Price Accepted",
        currency_field="cost_currency_id",
        help="A supplier that asks more for one key is not bought from by itself; 0 for no limit.",
    )
    orion_low_pool_threshold = fields.Integer(
        string="Low Pool",
        help="Fewer free keys than this are an activity for the responsible; 0 for none.",
    )
