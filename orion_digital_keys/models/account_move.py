from odoo import models


class AccountMove(models.Model):
    """What is on a paid invoice gets its keys."""

    _inherit = "account.move"

    def _invoice_paid_hook(self):
        result = super()._invoice_paid_hook()
        self.sudo().line_ids.sale_line_ids.order_id._orion_start_digital()
        return result
