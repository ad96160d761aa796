from odoo import api, models
from odoo.tools import SQL


class OrionDemand(models.AbstractModel):
    """Marketplace orders that are no deliveries yet: undecided ones, and those that are accepted
    but not confirmed in Odoo."""

    _inherit = "orion.demand"

    @api.model
    def _undecided(self, company, product_ids=None):
        """Quantities of the lines as they stand: refused pieces are no part of them."""
        result = super()._undecided(company, product_ids)
        self.env["sale.order"].flush_model(["state", "orion_decision", "company_id"])
        lines = self.env["sale.order.line"]
        lines.flush_model(["product_id", "product_uom_id", "product_uom_qty"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.product_id, l.product_uom_id, sum(l.product_uom_qty)
                  FROM sale_order o
                  JOIN sale_order_line l ON l.order_id = o.id
                 WHERE o.company_id = %(company)s AND o.state IN ('draft', 'sent')
                   AND o.orion_decision IN ('undecided', 'accepted')
                   AND NOT COALESCE(o.orion_is_history, FALSE)
                   AND NOT COALESCE(l.orion_needs_product_match, FALSE)
                   AND l.product_id IS NOT NULL AND l.display_type IS NULL
                   AND (%(products)s::int[] IS NULL OR l.product_id = ANY(%(products)s))
                 GROUP BY l.product_id, l.product_uom_id
                """,
                company=company.id,
                products=None if product_ids is None else list(product_ids),
            )
        )
        return self._add_sold(result, rows)

    @api.model
    def _note_lines(self, lines):
        """What these sold lines take from the stock changes, or has just changed."""
        sold = lines.sudo().filtered(lambda line: line.order_id.orion_decision)
        if sold.product_id:
            self._note_changed(sold.product_id.ids)
