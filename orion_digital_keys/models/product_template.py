from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: What makes pieces that wait worth another try.
RETRYING = frozenset(
    {
        "orion_is_digital",
        "orion_key_source",
        "orion_maximum_cost",
        "orion_region_country_ids",
        "orion_region_group_ids",
    }
)


class ProductTemplate(models.Model):
    """What a digital product is, and where its keys come from."""

    _inherit = "product.template"

    orion_is_digital = fields.Boolean(
        string="Digital Key",
        help="Sold as a key, a code image or a link that is sent by e-mail. Never from a "
        "warehouse: its stock are its free keys. Open orders that were paid before are given "
        "theirs once you save.",
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
        help="Own Pool: the keys you import. Supplier: what is bought there when it is sold, and "
        "what was bought and is free again; keys you import are left alone. Own Pool, Then "
        "Supplier: what the pool has not is bought.",
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
        groups="orion_base.group_orion_user",
        help="A supplier that asks more for one key is not bought from by itself; 0 for no limit.",
    )
    orion_low_pool_threshold = fields.Integer(
        string="Low Pool",
        groups="orion_base.group_orion_user",
        help="Fewer free keys than this are an activity for the responsible; 0 for none.",
    )

    # === COMPUTE === #

    @api.onchange("orion_is_digital")
    def _onchange_orion_is_digital(self):
        if self.orion_is_digital:
            self.type = "service"

    @api.constrains("orion_is_digital", "type")
    def _check_orion_is_digital(self):
        for product in self:
            if product.orion_is_digital and product.type != "service":
                raise ValidationError(
                    self.env._(
                        "%(product)s is sent by e-mail, so it is no good of a warehouse. Set its "
                        "product type to Service.",
                        product=product.display_name,
                    )
                )

    # === CRUD === #

    def write(self, vals):
        result = super().write(vals)
        if RETRYING & vals.keys():
            products = self.product_variant_ids
            pieces = self.env["orion.digital.piece"]
            pieces._try_again([("product_id", "in", products.ids)])
            self.env["orion.demand"]._note_changed(products.ids)
        return result

    # === BUSINESS === #

    def _orion_allowed_countries(self):
        """Where a key of this product may be activated; empty: everywhere."""
        self.ensure_one()
        product = self.sudo()
        return product.orion_region_country_ids | product.orion_region_group_ids.country_ids
