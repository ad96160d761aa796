from odoo import api, models

#: What changes how much is going to leave, and from where.
DEMAND = frozenset(
    {
        "state",
        "product_uom_qty",
        "product_uom",
        "product_id",
        "location_id",
        "location_dest_id",
        "location_final_id",
    }
)


class StockMove(models.Model):
    """Open demand counts from the moment a delivery exists, reserved or not."""

    _inherit = "stock.move"

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        moves._orion_note_demand()
        return moves

    def write(self, vals):
        if not DEMAND & vals.keys():
            return super().write(vals)
        if "product_id" in vals:
            self._orion_note_demand()
        result = super().write(vals)
        self._orion_note_demand()
        return result

    def _orion_note_demand(self):
        if self.env["orion.channel"]._stock_channels():
            self.env["orion.stock.change"]._note(self.sudo().product_id.ids)
