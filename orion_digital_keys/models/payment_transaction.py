from odoo import api, models
from odoo.http import request


class PaymentTransaction(models.Model):
    """What is paid gets its keys."""

    _inherit = "payment.transaction"

    @api.model_create_multi
    def create(self, vals_list):
        """Notes where a customer pays from, for the check of buyers."""
        transactions = super().create(vals_list)
        if request:
            orders = transactions.sudo().sale_order_ids
            orders.write({"orion_customer_ip": request.httprequest.remote_addr})
        return transactions

    def _set_done(self, **kwargs):
        """Captures and refunds are transactions of their own, which only their source joins to
        the order."""
        done = super()._set_done(**kwargs)
        sources = done.source_transaction_id
        orders = (done | sources | sources.source_transaction_id).sudo().sale_order_ids
        orders._orion_start_digital()
        if any(transaction.operation == "refund" for transaction in done):
            orders._orion_follow_payback()
        return done
