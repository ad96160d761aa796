from decimal import Decimal

from odoo import api, models
from odoo.fields import Domain

from ..lib.feed_format import BOOST_SORT, DELIVERY_METHOD


class OrionFeedBuilder(models.AbstractModel):
    """What Letzshop is told of a product beyond what every marketplace is."""

    _inherit = "orion.feed.builder"

    @api.model
    def _published_domain(self, channel):
        domain = super()._published_domain(channel)
        if channel.marketplace == "letzshop":
            domain |= Domain("letzshop_published", "=", True)
        return domain

    @api.model
    def _tax_rates(self, channel, products):
        rates = super()._tax_rates(channel, products)
        if channel.marketplace == "letzshop":
            for product in products.filtered("letzshop_tax_rate"):
                rates[product.id] = Decimal(product.letzshop_tax_rate)
        return rates

    @api.model
    def _further_values(self, channel, products):
        result = super()._further_values(channel, products)
        if channel.marketplace != "letzshop":
            return result
        for product in products:
            attributes = {}
            if product.letzshop_boost_sort:
                attributes[BOOST_SORT] = f"{product.letzshop_boost_sort:.1f}"
            if product.letzshop_delivery_method:
                attributes[DELIVERY_METHOD] = product.letzshop_delivery_method
            result.setdefault(product.id, {}).update(
                preorder_days=product.letzshop_preorder_days or None, attributes=attributes
            )
        return result
