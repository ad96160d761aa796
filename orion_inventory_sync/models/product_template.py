from odoo import api, fields, models

#: What decides whether its variants are offered, and whether stock is kept of them.
DECIDING = frozenset({"active", "is_storable", "sale_ok", "type", "uom_id"})


class ProductTemplate(models.Model):
    _inherit = "product.template"

    orion_listing_count = fields.Integer(
        compute="_compute_orion_listing_count", groups="orion_base.group_orion_user"
    )

    def _compute_orion_listing_count(self):
        counts = dict(
            self.env["orion.listing"]._read_group(
                [("product_id.product_tmpl_id", "in", self.ids)],
                ["product_id"],
                ["__count"],
            )
        )
        for template in self:
            template.orion_listing_count = sum(
                counts.get(product, 0) for product in template._origin.product_variant_ids
            )

    def write(self, vals):
        result = super().write(vals)
        if DECIDING & vals.keys():
            self.with_context(active_test=False).product_variant_ids._orion_note_offer()
        return result

    @api.ondelete(at_uninstall=False)
    def _orion_keep_what_is_sold(self):
        """The variants' listings go with them."""
        self.with_context(active_test=False).product_variant_ids._orion_keep_what_is_sold()

    def action_orion_push_inventory(self):
        """Send the stock of these products to the channels on which they are listed."""
        return self.product_variant_ids.action_orion_push_inventory()

    def action_orion_inventory(self):
        """What the channels are told of these products."""
        return self.product_variant_ids.action_orion_inventory()
