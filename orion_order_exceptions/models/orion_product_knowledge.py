from odoo import api, models


class OrionProductKnowledge(models.AbstractModel):
    _inherit = "orion.product.knowledge"

    @api.model
    def _learned(self, channel, gtins, skus):
        learned = super()._learned(channel, gtins, skus)
        wanted = {"gtin": gtins, "sku": skus}
        for kind, value, product_id, _barcode in (
            self.env["orion.product.alias"].sudo()._usable(channel, {*gtins, *skus})
        ):
            if value in wanted[kind]:
                learned[kind, value] = product_id
        return learned
