from odoo import api, models

IDENTIFYING_FIELDS = frozenset({"barcode", "product_id", "uom_id", "company_id"})


class ProductUom(models.Model):
    """Barcodes of packagings."""

    _inherit = "product.uom"

    @api.model_create_multi
    def create(self, vals_list):
        packagings = super().create(vals_list)
        packagings.product_id._orion_note_identified()
        return packagings

    def write(self, vals):
        if "barcode" in vals:
            self.env["orion.order.exception"]._note_numbers(self.sudo().mapped("barcode"))
        result = super().write(vals)
        if IDENTIFYING_FIELDS & vals.keys():
            self.product_id._orion_note_identified()
        return result

    def unlink(self):
        self.env["orion.order.exception"]._note_numbers(self.sudo().mapped("barcode"))
        return super().unlink()
