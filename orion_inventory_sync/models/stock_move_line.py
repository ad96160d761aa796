from odoo import api, models

#: What is reserved, and where.
RESERVED = frozenset({"location_id", "move_id", "product_uom_id", "quantity"})


class StockMoveLine(models.Model):
    """Where single shelves count, it matters on which of them a delivery is reserved."""

    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._orion_note_shelves()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if RESERVED & vals.keys():
            self._orion_note_shelves()
        return result

    def unlink(self):
        self._orion_note_shelves()
        return super().unlink()

    def _orion_note_shelves(self):
        channels = self.env["orion.channel"]._shelf_channels()
        if channels:
            self.env["orion.stock.change"]._note(self.sudo().product_id.ids, channels)
