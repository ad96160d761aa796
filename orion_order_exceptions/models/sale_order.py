from odoo import fields, models


class SaleOrder(models.Model):
    """Orders with exceptions."""

    _inherit = "sale.order"

    orion_exception_ids = fields.One2many("orion.order.exception", "order_id", string="Exceptions")

    def _orion_lines_unmatched(self, lines):
        super()._orion_lines_unmatched(lines)
        lines._orion_sync_exceptions()
