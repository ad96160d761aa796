import json
from collections import defaultdict
from decimal import Decimal

from odoo import models
from odoo.tools import SQL

from ..lib.publishing.merge import to_write
from ..lib.publishing.variants import price_extras


class OrionPublisher(models.AbstractModel):
    """Prices of variants: a price of the product, and what each attribute costs more."""

    _inherit = "orion.publisher"

    def _price_variants(self, batch, template_ids):
        """Set the prices of whole groups from the prices of their rows.

        A group in which the store has changed a price is left alone. A variant whose price is
        no sum of extras has it on its listing.
        """
        if not template_ids:
            return
        groups = self._members_of(batch, template_ids)
        templates = self.env["product.template"].union(*groups)
        kinds = self.env["product.attribute"]._orion_kinds(
            templates.attribute_line_ids.attribute_id
        )
        for template, members in groups.items():
            if not any(self._has_own_price(batch, product, row) for row, product in members):
                self._price_group(batch, template, members, kinds)

    def _members_of(self, batch, template_ids):
        """`{template: [(row, product)]}` of created variants, the first of each group first."""
        staged = self.env["orion.marketplace.product"].search(
            [
                ("channel_id", "=", batch.channel.id),
                ("is_product_created", "=", True),
                ("product_id.product_tmpl_id", "in", list(template_ids)),
                ("id", "not in", list(batch.products)),
            ],
            order="id",
        )
        changed, same = self._read_rows(batch.channel, staged.ids)
        rows = {row.id: row for row in (*changed, *same)}
        rows.update({row_id: batch.rows[row_id] for row_id in batch.products})
        found = {
            row_id: batch.products.get(row_id) or row.product_id for row_id, row in rows.items()
        }
        products = self.env["product.product"].browse(found.values())
        by_id = {product.id: product for product in products}
        members = defaultdict(list)
        for row_id in sorted(rows):
            row, product = rows[row_id], by_id[found[row_id]]
            is_created = row.is_product_created or row_id in batch.created
            if is_created and row.price is not None and product.product_tmpl_id.id in template_ids:
                members[product.product_tmpl_id].append((row, product))
        return members

    def _has_own_price(self, batch, product, row):
        if row.id in batch.moved:
            return False
        # set already where a new variant has joined in this batch
        known = batch.values.get(row.id) or row.published_values
        last = known.get("variant_price")
        return last is not None and abs(last - product.lst_price) > 1e-6

    def _price_group(self, batch, template, members, kinds):

        def pair(value):
            attribute = value.attribute_id
            return kinds.get(attribute.id) or str(attribute.id), str(value.id)

        prices = []
        products = self.env["product.product"].union(*(product for _row, product in members))
        for row, product in members:
            values = dict(map(pair, product.product_template_attribute_value_ids))
            taxes = template.taxes_id._filter_taxes_by_company(batch.company)
            prices.append((row.id, values, self._list_price(batch, row, taxes)))
        base, extras, odd = price_extras(prices)
        if abs(template.list_price - float(base)) > 1e-6:
            template.list_price = float(base)
        for value in products.product_template_attribute_value_ids:
            extra = extras.get(pair(value), 0)
            if abs(value.price_extra - float(extra)) > 1e-6:
                value.price_extra = float(extra)
        by_id = {row_id: price for row_id, _values, price in prices}
        for row, product in members:
            gross = self._gross(batch, row, row.price)
            kept = batch.values.setdefault(row.id, dict(row.published_values))
            kept["variant_price"] = float(
                Decimal(str(round(product.lst_price, 6))) if row.id in odd else by_id[row.id]
            )
            kept.pop("list_price", None)
            if row.id in odd:
                batch.odd_prices[row.id] = gross
            if row.id not in batch.rows:
                kept["gross"] = float(gross)
                batch.siblings[row.id] = row

    def _publish_siblings(self, batch):
        """Variants that are not published now, and whose price follows from those that are."""
        changed = [
            row
            for row in batch.siblings.values()
            if batch.values[row.id] != row.published_values
            or (row.id in batch.odd_prices) != self._is_told_odd(row)
        ]
        if not changed:
            return
        listings = self._listings_of(batch, [row.product_id for row in changed])
        data = []
        for row in changed:
            published = row.published_values.get("listing", {})
            wanted = {"price": float(batch.odd_prices.get(row.id, 0))}
            listing = listings.get(row.product_id)
            found = listing and to_write({"price": listing.price}, published, wanted)
            if found:
                listing.write(found)
            kept = {**batch.values[row.id], "listing": {**published, **wanted}}
            data.append({"id": row.id, "values": kept})
        self.env.cr.execute(
            SQL(
                "UPDATE orion_marketplace_product p SET published_values = v.values"
                "  FROM jsonb_to_recordset(%s::jsonb) AS v(id int, values jsonb) WHERE p.id = v.id",
                json.dumps(data),
            )
        )

    def _is_told_odd(self, row):
        """Whether its price stood on its listing when it was published last."""
        return bool(row.published_values.get("listing", {}).get("price"))
