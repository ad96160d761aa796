from odoo import models

#: What decides whose stock counts.
PLACE = frozenset({"active", "company_id", "view_location_id"})


class StockWarehouse(models.Model):
    """The stock of an archived warehouse does not count."""

    _inherit = "stock.warehouse"

    def write(self, vals):
        result = super().write(vals)
        if PLACE & vals.keys():
            self.env["orion.channel"]._compare_stock_of(self.company_id)
        return result
