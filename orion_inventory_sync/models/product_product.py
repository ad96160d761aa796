from odoo import api, fields, models

from odoo.addons.orion_base.rpc import USER, check_caller

#: What of a variant decides whether it is offered, and under which SKU.
DECIDING = frozenset({"active", "default_code"})


class ProductProduct(models.Model):
    """What marketplaces are told of a product's stock."""

    _inherit = "product.product"

    # === FIELDS === #

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

    # === CRUD === #

    def write(self, vals):
        deciding = DECIDING & vals.keys()
        changed = self.filtered(lambda one: any(one[name] != vals[name] for name in deciding))
        changed._orion_note_offer()
        result = super().write(vals)
        changed._orion_note_offer()
        return result

    @api.ondelete(at_uninstall=False)
    def _orion_keep_what_is_sold(self):
        """The listings go with their product."""
        listings = self.env["orion.listing"].sudo().with_context(active_test=False)
        listings.search([("product_id", "in", self.ids)])._keep_what_is_sold()

    def _orion_note_offer(self):
        """Whether these products are offered, or under which SKU, has changed."""
        if not self or not self.env["orion.channel"]._stock_channels():
            return
        self.env["orion.stock.change"]._note(self.ids)
        listings = self.env["orion.listing"].sudo().with_context(active_test=False)
        listings.search([("product_id", "in", self.ids)])._note_stock_rule()

    # === ACTIONS === #

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
