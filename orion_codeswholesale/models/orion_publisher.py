from decimal import Decimal

from odoo import models

from odoo.addons.orion_base.lib.money import round_money
from odoo.addons.orion_marketplace_import.lib.publishing.prices import with_margin

from ..lib.regions import read_regions
from .orion_channel import CODE


class OrionPublisher(models.AbstractModel):
    """Products of a supplier's price list: services with a key, at a price by the margin rule."""

    _inherit = "orion.publisher"

    # === WHAT IT COSTS CUSTOMERS === #

    def _gross(self, batch, row, amount):
        cost = super()._gross(batch, row, amount)
        channel = batch.channel
        if channel.marketplace != CODE:
            return cost
        percent = sum(
            (
                Decimal(str(tax.amount))
                for tax in self._tax(batch, row).flatten_taxes_hierarchy()
                if tax.amount_type == "percent"
            ),
            Decimal(0),
        )
        return with_margin(
            cost * (1 + percent / 100),
            Decimal(str(channel.codeswholesale_margin)),
            Decimal(str(channel.codeswholesale_surcharge)),
            Decimal(str(channel.codeswholesale_rounding)),
        )

    def _sales_prices(self, channel, staged):
        """`{row id: price with taxes}` of staged rows, published or not; 0 without a price."""
        publisher, channel = self._quietly(channel)
        rows, same = publisher._read_rows(channel, staged.ids)
        batch = publisher._new_batch(channel, [*rows, *same])
        publisher._find_terms(batch)
        prices = dict.fromkeys(staged.ids, 0.0)
        for row in batch.open_rows():
            prices[row.id] = float(publisher._gross(batch, row, row.price))
        return prices

    # === WHAT IT IS === #

    def _match(self, batch):
        """Several of the supplier's products have one article number, for other regions or
        platforms: it makes none of them another's, and only who comes first gets it."""
        if batch.channel.marketplace != CODE:
            super()._match(batch)
            return
        rows = batch.open_rows()
        batch.products.update((row.id, row.product_id) for row in rows if row.product_id)
        numbered = [row for row in rows if row.gtin]
        by_gtin, _by_sku, packagings = self._numbers(batch, numbered)
        taken = {gtin: {found["id"] for found in products} for gtin, products in by_gtin.items()}
        for row in numbered:
            others = taken.setdefault(row.gtin, set()) - {row.product_id}
            if others or row.gtin in packagings:
                row.gtin = None
            else:
                taken[row.gtin].add(row.product_id or -row.id)

    def _variant_values(self, batch, row):
        values = super()._variant_values(batch, row)
        if batch.channel.marketplace == CODE:
            values["default_code"] = row.mpn or row.external_id
            if not row.gtin and row.product_id:
                # what the product has stays
                product = self.env["product.product"].browse(row.product_id)
                values["barcode"] = product.barcode
        return values

    def _template_values(self, batch, row):
        values = super()._template_values(batch, row)
        if batch.channel.marketplace == CODE:
            values |= self._digital_values(batch, row)
        return values

    def _digital_values(self, batch, row):
        regions = read_regions(row.regions or ())
        countries, union = batch.channel._countries_of(regions)
        cost = super()._gross(batch, row, row.price)
        return {
            "type": "service",
            "is_storable": False,
            "orion_is_digital": True,
            "orion_delivery_method": "key",
            "orion_key_source": "supplier",
            "orion_platform": row.platform or False,
            "orion_region_country_ids": [(6, 0, countries.ids)],
            "orion_region_group_ids": [(6, 0, union.ids)],
            "standard_price": float(round_money(cost, batch.company.currency_id.decimal_places)),
            # where it can be activated is for a person to say first
            "sale_ok": not regions.unknown,
        }
