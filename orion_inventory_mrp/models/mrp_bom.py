from odoo import api, models

#: What decides how many of a kit there are.
DECIDING = frozenset(
    {
        "active",
        "company_id",
        "picking_type_id",
        "product_id",
        "product_qty",
        "product_tmpl_id",
        "product_uom_id",
        "sequence",
        "type",
    }
)


class MrpBom(models.Model):
    """Another recipe of a kit is another quantity of it."""

    _inherit = "mrp.bom"

    @api.model_create_multi
    def create(self, vals_list):
        boms = super().create(vals_list)
        boms._orion_note_kits()
        return boms

    def write(self, vals):
        if not DECIDING & vals.keys():
            return super().write(vals)
        self._orion_note_kits()
        result = super().write(vals)
        self._orion_note_kits()
        return result

    def unlink(self):
        self._orion_note_kits()
        return super().unlink()

    def _orion_note_kits(self):
        """Note the products that these are kits of."""
        if not self.env["orion.channel"]._stock_channels():
            return
        kits = self.sudo().filtered(lambda bom: bom.type == "phantom")
        self.env["orion.stock.change"]._note(kits._orion_products().ids)

    def _orion_products(self):
        """Products that these are recipes of."""
        of_templates = self.filtered(lambda bom: not bom.product_id).product_tmpl_id
        return self.product_id | of_templates.product_variant_ids
