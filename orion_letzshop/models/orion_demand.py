from odoo import api, models
from odoo.tools import SQL


class OrionDemand(models.AbstractModel):
    """Pieces that are still open on an order that is confirmed for others of its pieces: they
    are in no line's quantity, and may be accepted yet."""

    _inherit = "orion.demand"

    @api.model
    def _undecided(self, company, product_ids=None):
        result = super()._undecided(company, product_ids)
        self.env["letzshop.inventory.unit"].flush_model()
        self.env["sale.order"].flush_model(["state"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.product_id, l.product_uom_id, count(*)
                  FROM letzshop_inventory_unit u
                  JOIN sale_order o ON o.id = u.order_id
                  JOIN sale_order_line l ON l.id = u.order_line_id
                 WHERE u.state = 'unconfirmed' AND o.state = 'sale'
                   AND o.orion_decision = 'accepted' AND o.company_id = %(company)s
                   AND l.product_id IS NOT NULL
                   AND NOT COALESCE(l.orion_needs_product_match, FALSE)
                   AND (%(products)s::int[] IS NULL OR l.product_id = ANY(%(products)s))
                 GROUP BY l.product_id, l.product_uom_id
                """,
                company=company.id,
                products=None if product_ids is None else list(product_ids),
            )
        )
        return self._add_sold(result, rows)
