from odoo import api, models


class LetzshopInventoryUnit(models.Model):
    """An open piece takes from the stock; a decided one does so by its order, or no more."""

    _inherit = "letzshop.inventory.unit"

    @api.model_create_multi
    def create(self, vals_list):
        units = super().create(vals_list)
        units._note_demand()
        return units

    def write(self, vals):
        result = super().write(vals)
        if {"state", "order_line_id"} & vals.keys():
            self._note_demand()
        return result

    def _note_demand(self):
        product_ids = self.sudo().product_id.ids
        if product_ids:
            self.env["orion.demand"]._note_changed(product_ids)
