from odoo import fields, models


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

    def action_orion_push_inventory(self):
        """Send the stock of these products to the channels on which they are listed."""
        return self.product_variant_ids.action_orion_push_inventory()

    def action_orion_inventory(self):
        """What the channels are told of these products."""
        return self.product_variant_ids.action_orion_inventory()
