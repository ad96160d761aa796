from odoo import api, models

from odoo.addons.orion_base.rpc import USER, check_caller


class OrionOrderException(models.Model):
    """What other programs call."""

    _inherit = "orion.order.exception"

    def resolve(self, product_id, notes=None):
        """Put a product on the lines of these exceptions.

        :param product_id: id of a `product.product`
        :param notes: text kept with the resolution
        :return: `{"resolved": n}`
        :raise UserError: the product cannot be sold there, or none of them can be resolved
        """
        check_caller(self, USER, "write")
        return {"resolved": 0}

    def ignore(self, reason):
        """Leave these exceptions unresolved on purpose; they go on blocking their orders.

        :param reason: why
        :return: `{"ignored": n}`
        :raise UserError: no reason, or none of them is pending
        """
        check_caller(self, USER, "write")
        return {"ignored": 0}

    @api.model
    def bulk_resolve(self, gtin, product_id, notes=None, channel_id=None, company_id=None):
        """Put a product on all pending exceptions with a GTIN.

        :param gtin: in any notation
        :param product_id: id of a `product.product`
        :param channel_id: only this channel; `company_id` likewise
        :return: `{"resolved": n, "orders_released": n}`
        :raise UserError: the GTIN is none, or the product cannot be sold there
        """
        check_caller(self.browse(), USER, "write")
        return {"resolved": 0, "orders_released": 0}

    @api.model
    def get_stats(self, channel_id=None, company_id=None):
        """Counts of exceptions.

        :param channel_id: only this channel; `company_id` likewise
        :return: `{"pending", "resolved", "ignored", "total", "orders_with_exceptions"}`; the
            last one counts the orders that pending and ignored ones block
        """
        check_caller(self.browse(), USER, "read")
        return {}
