from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _orion_used(self):
        found = (
            self.env["sale.order.line"]
            .sudo()
            ._read_group([("product_id", "in", self.ids)], ["product_id"])
        )
        return super()._orion_used().union(*(product for (product,) in found))
