from odoo import api, models


class OrionDemand(models.AbstractModel):
    _inherit = "orion.demand"

    @api.model
    def _note_changed(self, product_ids):
        """What marketplaces sold changes what is available."""
        super()._note_changed(product_ids)
        self.env["orion.stock.change"]._note(product_ids)
