from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _orion_used(self):
        used = super()._orion_used()
        for model in ("stock.move", "account.move.line"):
            found = (
                self.env[model].sudo()._read_group([("product_id", "in", self.ids)], ["product_id"])
            )
            used = used.union(*(product for (product,) in found))
        return used
