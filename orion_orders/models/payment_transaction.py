from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """A payment confirms no marketplace order: the marketplace collects the money."""
        marketplace = self.filtered(
            lambda transaction: any(transaction.sale_order_ids.mapped("orion_decision"))
        )
        return super(PaymentTransaction, self - marketplace)._check_amount_and_confirm_order()
