from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from odoo.addons.orion_base.lib.gtin import canonical_gtin, gtin_variants


class OrionPublisher(models.AbstractModel):
    """Finding the product of a row before one is made."""

    _inherit = "orion.publisher"

    def _match(self, batch):
        """Fill `batch.products` with what the rows are already; note what is not clear."""
        rows = batch.open_rows()
        for row in rows:
            if row.product_id:
                batch.products[row.id] = row.product_id
        unknown = [row for row in rows if not row.product_id]
        renumbered = [
            row
            for row in rows
            if row.product_id
            and row.gtin
            and self._barcode(row.gtin) != row.published_values.get("barcode")
        ]
        if not unknown and not renumbered:
            return
        by_gtin, by_sku, packagings = self._numbers(batch, unknown + renumbered)
        for row in renumbered:
            self._check_new_gtin(batch, row, by_gtin, packagings)
        learned = self._learned(batch, unknown)
        for row in unknown:
            found = self._match_row(batch, row, by_gtin, by_sku, packagings, learned)
            if found:
                batch.products[row.id] = found
        self._refuse_taken(batch, [row for row in unknown if row.id in batch.products])
        self._refuse_twins(batch, unknown)

    def _match_row(self, batch, row, by_gtin, by_sku, packagings, learned):
        """Id of the row's product or None; notes a clash.

        The GTIN goes first, because it is unique in the world; then what somebody has taught;
        then the SKU, which must not contradict the GTIN.
        """
        with_gtin = by_gtin.get(row.gtin, []) if row.gtin else []
        active = [found for found in with_gtin if found["active"]]
        taught = learned.get(("gtin", row.gtin))
        if len(active) > 1:
            if taught in {found["id"] for found in active}:
                return taught
            return self._clash(batch, row, "duplicate_gtin", active, row.gtin)
        if active:
            return active[0]["id"]
        if row.gtin in packagings:
            return self._clash(batch, row, "packaging", packagings[row.gtin], row.gtin)
        if with_gtin:
            return self._clash(batch, row, "archived", with_gtin, row.gtin)
        return taught or self._match_sku(batch, row, by_sku, learned)

    def _check_new_gtin(self, batch, row, by_gtin, packagings):
        """A published row has another GTIN now: nobody else may have it."""
        others = [found for found in by_gtin.get(row.gtin, []) if found["id"] != row.product_id]
        if others:
            is_active = any(found["active"] for found in others)
            code = "duplicate_gtin" if is_active else "archived"
            self._clash(batch, row, code, others, row.gtin)
        elif row.gtin in packagings:
            self._clash(batch, row, "packaging", packagings[row.gtin], row.gtin)

    def _match_sku(self, batch, row, by_sku, learned):
        with_sku = [found for found in by_sku.get(row.external_id, []) if found["active"]]
        if len(with_sku) > 1:
            return self._clash(batch, row, "duplicate_sku", with_sku, row.external_id)
        if with_sku:
            own = canonical_gtin(with_sku[0]["barcode"] or "")
            if row.gtin and own and own != row.gtin:
                return self._clash(batch, row, "other_gtin", with_sku, row.gtin)
            return with_sku[0]["id"]
        return learned.get(("sku", row.external_id))

    def _clash(self, batch, row, code, found, value):
        names = [
            product.display_name
            for product in self.env["product.product"].browse(each["id"] for each in found)
        ]
        batch.note(row, code, products=", ".join(names), value=value)

    # === ONE QUERY EACH === #

    def _numbers(self, batch, rows):
        """Products by canonical GTIN and by SKU, and packagings by GTIN; archived ones too."""
        barcodes = [code for row in rows if row.gtin for code in gtin_variants(row.gtin)]
        skus = [row.external_id for row in rows]
        self.env["product.product"].flush_model(["barcode", "default_code", "active"])
        self.env["product.template"].flush_model(["company_id"])
        self.env["product.uom"].flush_model(["barcode", "product_id"])
        found = self.env.execute_query_dict(
            SQL(
                "SELECT p.id, p.barcode, p.default_code, p.active, FALSE AS is_packaging"
                " FROM product_product p JOIN product_template t ON t.id = p.product_tmpl_id"
                " WHERE (t.company_id IS NULL OR t.company_id = ANY(%(companies)s))"
                " AND (p.barcode = ANY(%(barcodes)s) OR p.default_code = ANY(%(skus)s))"
                " UNION ALL SELECT product_id, barcode, NULL, TRUE, TRUE FROM product_uom"
                " WHERE barcode = ANY(%(barcodes)s) ORDER BY id",
                companies=batch.company.parent_ids.ids,
                barcodes=barcodes,
                skus=skus,
            )
        )
        by_gtin, by_sku, packagings = defaultdict(list), defaultdict(list), defaultdict(list)
        for each in found:
            gtin = canonical_gtin(each["barcode"] or "")
            if each["is_packaging"]:
                packagings[gtin].append(each)
                continue
            if gtin:
                by_gtin[gtin].append(each)
            if each["default_code"]:
                by_sku[each["default_code"]].append(each)
        return by_gtin, by_sku, packagings

    def _learned(self, batch, rows):
        """`{(kind, value): product id}` of what people have taught, if an addon knows it."""
        return self.env["orion.product.knowledge"]._learned(
            batch.channel,
            {row.gtin for row in rows if row.gtin},
            {row.external_id for row in rows},
        )

    def _refuse_taken(self, batch, rows):
        """A product has one listing on a channel: of two rows with one product the first stays,
        as long as the feed has it."""
        if not rows:
            return
        staged = self.env["orion.marketplace.product"]
        before = staged.search(
            [
                ("channel_id", "=", batch.channel.id),
                ("product_id", "in", [batch.products[row.id] for row in rows]),
            ]
        )
        gone = before.filtered(lambda each: each.id not in batch.rows and each._gives_way())
        taken = {each.product_id.id: each.external_id for each in before - gone}
        former = {each.product_id.id: each for each in gone}
        for row in rows:
            product_id = batch.products[row.id]
            if product_id in taken:
                del batch.products[row.id]
                self._clash(batch, row, "taken", [{"id": product_id}], taken[product_id])
                continue
            taken[product_id] = row.external_id
            if product_id in former:
                published = former[product_id]._hand_over()
                row.published_values = published["published_values"] or {}
                row.is_product_created = published["is_product_created"]
                row.published_group = published["published_group"] or None

    def _refuse_twins(self, batch, rows):
        """Two new rows with one GTIN: the first becomes the product."""
        first = {}
        for row in rows:
            if not row.gtin or row.id in batch.products or row.id in batch.problems:
                continue
            twin = first.setdefault(row.gtin, row)
            if twin is not row:
                title = next(iter(twin.titles().values()), twin.external_id)
                batch.note(row, "taken", products=title, value=twin.external_id)
