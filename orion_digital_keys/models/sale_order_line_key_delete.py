from odoo import api, models


class SaleOrderLine(models.Model):
    """So are their lines."""

    _inherit = "sale.order.line"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_keys(self):
        self.sudo().orion_piece_ids._unlink_unused()
