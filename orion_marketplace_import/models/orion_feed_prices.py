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
        return self._prices_in(target, channel.company_id, products, listings, rates)

    @api.model
    def _listing_prices(self, channel, listings):
        """`{listing id: what customers pay}`, in each listing's currency."""
        result = {}
        listings = listings.filtered("product_id") if channel else listings.browse()
        rates = self._tax_rates(channel, listings.product_id)
        for currency, same in listings.grouped("currency_id").items():
            by_product = {listing.product_id.id: listing for listing in same}
            prices = self._prices_in(
                currency, channel.company_id, same.product_id, by_product, rates
            )
            for product_id, listing in by_product.items():
                result[listing.id] = float(prices[product_id][0] or 0)
        return result

    @api.model
    def _prices_in(self, target, company, products, listings, rates):
        taxed = {}
        result = {}
        for product in products:
            listing = listings.get(product.id)
            if listing and self._stands_on(listing):
                price = self._converted(listing.price, listing.currency_id, target, company)
            else:
                taxes = product.taxes_id._filter_taxes_by_company(company)
                key = (taxes.ids, product.lst_price, product.currency_id.id, rates.get(product.id))
                key = tuple(map(str, key))
                if key not in taxed:
                    taxed[key] = self._with_taxes(product, taxes, rates.get(product.id))
                gross = self._as_published(product, listing, taxed[key])
                price = self._converted(gross, product.currency_id, target, company)
            if listing and listing.price_rule == "margin":
                surcharge = self._converted(
                    listing.price_surcharge, listing.currency_id, target, company
                )
                price = listing._with_margin(price, surcharge)
            sale_price = None
            if listing and listing.sale_price:
                sale_price = self._converted(
                    listing.sale_price, listing.currency_id, target, company
                )
            result[product.id] = (price or None, sale_price)
        return result

    @api.model
    def _stands_on(self, listing):
        """Whether the product's price is that on its listing: the store's fixed one, or what
        publishing has put there because a variant's price is no sum of extras."""
        if not listing.price or listing.price_rule == "fixed":
            return bool(listing.price)
        values = listing.marketplace_product_id.published_values or {}
        told = values.get("listing", {}).get("price")
        return bool(told) and abs(told - listing.price) < 1e-6

    @api.model
    def _as_published(self, product, listing, gross):
        """The feed's own gross price, while the product's is still that one: kept without taxes
        and rounded, it can be a cent off."""
        values = (listing.marketplace_product_id.published_values or {}) if listing else {}
        last = values.get("variant_price", values.get("list_price"))
        told = values.get("gross")
        is_same = last is not None and abs(product.lst_price - last) < 1e-6
        # half a cent of the net price with its tax, and half a cent of the total
        return told if told and is_same and abs(told - gross) < 0.015 else gross

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
