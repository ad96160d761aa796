from odoo import fields, models


class SaleOrderLine(models.Model):
    """Lines and their exceptions."""

    _inherit = "sale.order.line"

    orion_exception_ids = fields.One2many(
        "orion.order.exception", "order_line_id", string="Exception", help="At most one."
    )

    def _orion_sync_exceptions(self, source="refused"):
        """Have an open exception where a line blocks its order, and none where it does not.

        :param source: how exceptions end whose lines need no product any more
        """
        waiting = self.filtered(
            lambda line: (
                line.orion_needs_product_match
                and line.product_uom_qty
                and line.state != "cancel"
                and not line.order_id.orion_is_history
            )
        )
        exceptions = self.env["orion.order.exception"].sudo()
        known = exceptions.search([("order_line_id", "in", self.ids)])
        exceptions._create_for(waiting - known.order_line_id)
