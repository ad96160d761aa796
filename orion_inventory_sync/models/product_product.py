from odoo import fields, models

from odoo.addons.orion_base.rpc import USER, check_caller


class ProductProduct(models.Model):
    """What marketplaces are told of a product's stock."""

    _inherit = "product.product"

    orion_listing_ids = fields.One2many("orion.listing", "product_id", string="Listings")
    orion_listing_count = fields.Integer(
        compute="_compute_orion_listing_count", groups="orion_base.group_orion_user"
    )

    def _compute_orion_listing_count(self):
        counts = dict(
            self.env["orion.listing"]._read_group(
                [("product_id", "in", self.ids)], ["product_id"], ["__count"]
            )
        )
        for product in self:
            product.orion_listing_count = counts.get(product._origin, 0)

    def action_orion_push_inventory(self):
        """Send the stock of these products to the channels on which they are listed."""
        listings = self.env["orion.listing"].search(
            [("product_id", "in", self.ids), ("channel_id.stock_sync_enabled", "=", True)]
        )
        return listings.action_push_inventory()

    def action_orion_inventory(self):
        """What the channels are told of these products."""
        check_caller(self, USER, "read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "orion_inventory_sync.action_orion_inventory"
        )
        return {**action, "domain": [("product_id", "in", self.ids)], "context": {}}
