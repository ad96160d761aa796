from odoo import api, models


class OrionStockAvailability(models.AbstractModel):
    """Digital products are in no warehouse: their stock is what can be given."""

    _inherit = "orion.stock.availability"

    @api.model
    def _pool_quantities(self, channel, products):
        """Free keys and what may be bought on demand, less what waits for a key, and less what
        marketplaces have sold that nobody has confirmed yet."""
        pools = super()._pool_quantities(channel, products)
        company = channel.sudo().company_id
        quantities = products._orion_key_quantities(company)
        undecided = {}
        if quantities:
            undecided = self.env["orion.demand"]._undecided(company, list(quantities))
        own = {
            product_id: float(quantity - undecided.get(product_id, 0.0))
            for product_id, quantity in quantities.items()
        }
        return pools | own
