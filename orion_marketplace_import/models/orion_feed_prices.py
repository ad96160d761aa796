from decimal import Decimal

from odoo import api, fields, models

from odoo.addons.orion_base.lib.money import round_money


class OrionFeedBuilder(models.AbstractModel):
    """Prices and taxes as a marketplace's customers pay them."""

    _inherit = "orion.feed.builder"

    @api.model
    def _prices(self, channel, products, listings, rates):
        """What each product costs on the channel, taxes included.

        :param listings: listing by product id; its price is what customers pay
        :param rates: percent the marketplace is told, by product id
        :return: `{product id: (price, sale price)}`, `Decimal` or None, in the feed's currency
        """
        target = self._feed_currency(channel)
        company = channel.company_id
        taxed = {}
        result = {}
        for product in products:
            listing = listings.get(product.id)
            if listing and listing.price:
                price = self._converted(listing.price, listing.currency_id, target, company)
            else:
                taxes = product.taxes_id._filter_taxes_by_company(company)
                key = (taxes.ids, product.lst_price, product.currency_id.id, rates.get(product.id))
                key = tuple(map(str, key))
                if key not in taxed:
                    gross = self._with_taxes(product, taxes, rates.get(product.id))
                    taxed[key] = self._converted(gross, product.currency_id, target, company)
                price = taxed[key]
            sale_price = None
            if listing and listing.sale_price:
                sale_price = self._converted(
                    listing.sale_price, listing.currency_id, target, company
                )
            result[product.id] = (price or None, sale_price)
        return result

    @api.model
    def _with_taxes(self, product, taxes, rate):
        """The list price with its taxes, or with the marketplace's own rate on top where the
        price is kept without taxes."""
        totals = taxes.compute_all(product.lst_price, currency=product.currency_id, product=product)
        own_rate = self._percent_of(taxes)
        if rate is None or rate == own_rate or any(tax.price_include for tax in taxes):
            return totals["total_included"]
        return totals["total_excluded"] * (1 + float(rate) / 100)

    @api.model
    def _percent_of(self, taxes):
        """The rate of a product's taxes in percent; None where there is none, or where they
        are no percentages."""
        taxes = taxes.flatten_taxes_hierarchy()
        if not taxes or any(tax.amount_type != "percent" for tax in taxes):
            return None
        return sum((Decimal(str(tax.amount)) for tax in taxes), Decimal(0)).normalize() + 0

    @api.model
    def _converted(self, amount, currency, target, company):
        if currency != target:
            amount = currency._convert(amount, target, company, fields.Date.today(), round=False)
        # a float's own noise is cut off before halves are rounded
        return round_money(Decimal(str(round(amount, 8))), target.decimal_places)

    @api.model
    def _feed_currency(self, channel):
        """:raise UserError: when the currency of the format is not active"""
        code = channel._feed_format().currency
        if not code or code == channel.company_id.currency_id.name:
            return channel.company_id.currency_id
        return self.env["res.currency"].search([("name", "=", code)], limit=1) or (
            channel._refuse_currency(code)
        )

    @api.model
    def _tax_rates(self, channel, products):
        """Percent of each product's taxes; channel addons with rates of their own extend it.

        :return: `{product id: Decimal or None}`
        """
        return {
            product.id: self._percent_of(
                product.taxes_id._filter_taxes_by_company(channel.company_id)
            )
            for product in products
        }
