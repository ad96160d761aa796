from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _orion_used(self):
        """Those of these products that something rests on, so that they are not archived when
        their publication is undone. Addons add what is theirs."""
        listings = (
            self.env["orion.listing"]
            .sudo()
            ._read_group([("product_id", "in", self.ids), ("active", "=", True)], ["product_id"])
        )
        return self.browse().union(*(product for (product,) in listings))
