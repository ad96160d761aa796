from odoo import api, models

#: What of a part decides how many kits it makes.
DECIDING = frozenset(
    {
        "bom_id",
        "bom_product_template_attribute_value_ids",
        "product_id",
        "product_qty",
        "product_uom_id",
    }
)


class MrpBomLine(models.Model):
    """Another part of a kit is another quantity of it."""

    _inherit = "mrp.bom.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.bom_id._orion_note_kits()
        return lines

    def write(self, vals):
        if not DECIDING & vals.keys():
            return super().write(vals)
        before = self.bom_id
        result = super().write(vals)
        (before | self.bom_id)._orion_note_kits()
        return result

    def unlink(self):
        self.bom_id._orion_note_kits()
        return super().unlink()
