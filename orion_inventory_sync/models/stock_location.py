from odoo import models

#: What decides which pieces are in a place that counts.
PLACE = frozenset({"active", "company_id", "location_id", "usage"})


class StockLocation(models.Model):
    """A place that moves with all that is in it changes no quant."""

    _inherit = "stock.location"

    def write(self, vals):
        result = super().write(vals)
        if PLACE & vals.keys():
            self.env["orion.channel"]._compare_stock_of(self.company_id)
        return result
