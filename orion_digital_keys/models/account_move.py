from odoo import models


class AccountMove(models.Model):
    """What is on a paid invoice gets its keys; what a credit note takes back gets none."""

    _inherit = "account.move"

    def _invoice_paid_hook(self):
        result = super()._invoice_paid_hook()
        self.sudo().line_ids.sale_line_ids.order_id._orion_start_digital()
        return result

    def button_draft(self):
        """A credit note that is a draft again takes no key back."""
        refunds = self.filtered(
            lambda move: move.move_type == "out_refund" and move.state == "posted"
        )
        orders = refunds.sudo().line_ids.sale_line_ids.order_id
        result = super().button_draft()
        orders._orion_note_credits_withdrawn()
        return result
