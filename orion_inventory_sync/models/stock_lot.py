from odoo import models

DATES = frozenset({"expiration_date", "removal_date"})


class StockLot(models.Model):
    """A lot whose dates change may count again, or no more."""

    _inherit = "stock.lot"

    def write(self, vals):
        result = super().write(vals)
        if DATES & vals.keys() and self.env["orion.channel"]._stock_channels():
            self.env["orion.stock.change"]._note(self.sudo().product_id.ids)
        return result
