from odoo import api, models

#: Changes after which a product may be the one that exceptions wait for.
IDENTIFYING_FIELDS = frozenset({"barcode", "default_code", "active"})


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.model_create_multi
    def create(self, vals_list):
        products = super().create(vals_list)
        products._orion_note_identified()
        return products

    def write(self, vals):
        if {"barcode", "default_code"} & vals.keys():
            products = self.sudo()
            self.env["orion.order.exception"]._note_numbers(
                products.mapped("barcode"), products.mapped("default_code")
            )
        result = super().write(vals)
        if IDENTIFYING_FIELDS & vals.keys():
            self._orion_note_identified()
        return result

    def unlink(self):
        self._orion_note_gone()
        return super().unlink()

    def _orion_note_gone(self):
        """These products and their packagings are about to go, and free their numbers."""
        products = self.sudo()
        self.env["orion.order.exception"]._note_numbers(
            products.mapped("barcode") + products.product_uom_ids.mapped("barcode"),
            products.mapped("default_code"),
        )

    def _orion_note_identified(self):
        """These products can be recognised now, or otherwise than before: what waits for them
        is matched by a worker after the commit. To be called by whoever writes them in SQL."""
        self.env["orion.order.exception"]._note_products(self.ids)
