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
        done = super()._set_done(**kwargs)
        done.sudo().sale_order_ids._orion_start_digital()
        return done
