from odoo import api, models

#: What changes how much there is; a reservation does not.
COUNTED = frozenset(
    {"quantity", "product_id", "location_id", "lot_id", "inventory_quantity_auto_apply"}
)


class StockQuant(models.Model):
    """Every way in which stock changes ends in quants."""

    _inherit = "stock.quant"

    @api.model_create_multi
    def create(self, vals_list):
        quants = super().create(vals_list)
        self._orion_note(quants)
        return quants

    def write(self, vals):
        if not COUNTED & vals.keys():
            return super().write(vals)
        before = self.sudo().product_id.ids if "product_id" in vals else []
        result = super().write(vals)
        self._orion_note(self, before)
        return result

    def unlink(self):
        self._orion_note(self)
        return super().unlink()

    @api.model
    def _orion_note(self, quants, product_ids=()):
        changes = self.env["orion.stock.change"]
        if self.env["orion.channel"]._stock_channels():
            changes._note({*quants.sudo().product_id.ids, *product_ids})
