from odoo import api, models


class SaleOrder(models.Model):
    """Orders whose keys somebody has, or had, are not deleted: they are the proof of delivery."""

    _inherit = "sale.order"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_keys(self):
        self.sudo().orion_piece_ids._unlink_unused()
