from decimal import Decimal

from odoo import fields, models

from odoo.addons.orion_base.lib.money import round_money

from ..lib.publishing.prices import list_price
from ..lib.texts import choose_text, language_of


class OrionPublisher(models.AbstractModel):
    """Taxes, currencies, categories and texts of the rows of a batch."""

    _inherit = "orion.publisher"

    def _find_terms(self, batch):
        """Find what the rows need; note rows whose price would come out wrong."""
        self._find_taxes(batch)
        self._find_currencies(batch)
        sequence = self.env.ref("stock.sequence_production_lots", raise_if_not_found=False)
        # Odoo would ask the database for these two once for each product
        batch.defaults = {
            "lot_sequence_id": sequence and sequence.id,
            "has_available_route_ids": False,
        }
        paths = {row.category_path for row in batch.open_rows()} - {""}
        batch.categories = self.env["orion.category.mapping"]._categories(batch.channel, paths)

    # === TAXES AND PRICES === #

    def _find_taxes(self, batch):
        """The domestic sales tax of each rate: the company's own and those of its country first,
        one for goods before one for services. Taxes of fiscal positions, such as the 0 % of
        deliveries to other countries, are for orders to decide."""
        taxes = self.env["account.tax"].search(
            [
                *self.env["account.tax"]._check_company_domain(batch.company),
                ("type_tax_use", "=", "sale"),
                ("amount_type", "=", "percent"),
                ("active", "=", True),
                ("is_domestic", "=", True),
            ],
            order="sequence, id",
        )
        own, country = batch.company.account_sale_tax_id, batch.company.account_fiscal_country_id
        for tax in taxes.sorted(lambda tax: (tax != own, tax.country_id != country)):
            rate = round(tax.amount, 4)
            for is_digital, scope in ((False, "consu"), (True, "service")):
                key, kept = (rate, is_digital), batch.taxes.get((rate, is_digital))
                if not kept or (kept.tax_scope != scope and tax.tax_scope == scope):
                    batch.taxes[key] = tax
        for row in batch.open_rows():
            if not row.price:
                batch.note(row, "no_price")
            elif row.tax_rate is not None and not self._tax(batch, row):
                batch.note(row, "no_tax", value=f"{row.tax_rate:g}")

    def _tax(self, batch, row):
        """The tax of the row's rate; the company's own where the feed names none."""
        if row.tax_rate is None:
            return batch.company.account_sale_tax_id
        found = batch.taxes.get((round(row.tax_rate, 4), bool(row.is_digital)))
        return found or self.env["account.tax"]

    def _find_currencies(self, batch):
        wanted = {row.currency for row in batch.open_rows() if row.currency}
        currencies = self.env["res.currency"].search(
            [("name", "in", list(wanted)), ("active", "=", True)]
        )
        batch.currencies = {currency.name: currency for currency in currencies}
        for row in batch.open_rows():
            if row.currency and row.currency not in batch.currencies:
                batch.note(row, "currency", value=row.currency)

    def _gross(self, batch, row, amount):
        """A price of the row in the company's currency."""
        own = batch.company.currency_id
        currency = batch.currencies.get(row.currency, own)
        if currency != own:
            today = fields.Date.context_today(self)
            amount = currency._convert(amount, own, batch.company, today)
        return round_money(Decimal(str(round(amount, 6))), own.decimal_places)

    def _list_price(self, batch, row, taxes):
        """The row's price as a product with these taxes keeps it."""
        digits = self.env["decimal.precision"].precision_get("Product Price")
        excluded = sum(
            (
                Decimal(str(tax.amount))
                for tax in taxes.flatten_taxes_hierarchy()
                if tax.amount_type == "percent" and not tax.price_include
            ),
            Decimal(0),
        )
        return list_price(self._gross(batch, row, row.price), excluded, digits)

    # === TEXTS === #

    def _languages(self):
        """Languages of products: those that are active, and the one all others fall back to."""
        codes = ("en_US", *(code for code, _name in self.env["res.lang"].get_installed()))
        return tuple(dict.fromkeys(codes))

    def _in_languages(self, texts):
        """`{language of Odoo: text}` of `{ISO 639-1: text}`, with the fallbacks."""
        chosen = {code: choose_text(texts, language_of(code)) for code in self._languages()}
        return {code: text for code, text in chosen.items() if text}
