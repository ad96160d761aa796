from odoo import api, models
from odoo.exceptions import ValidationError


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    @api.model_create_multi
    def create(self, vals_list):
        """Nothing is paid here for an order that its marketplace has not decided."""
        transactions = super().create(vals_list)
        for order in transactions.sale_order_ids:
            if order.orion_decision == "undecided":
                raise ValidationError(order.sudo()._orion_nothing_to_pay())
        return transactions

    def _check_amount_and_confirm_order(self):
        """A payment confirms no marketplace order: the marketplace collects the money."""
        marketplace = self.filtered(
            lambda transaction: any(transaction.sale_order_ids.mapped("orion_decision"))
        )
        return super(PaymentTransaction, self - marketplace)._check_amount_and_confirm_order()
