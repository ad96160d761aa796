from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from odoo.addons.orion_base.lib.gtin import GtinProblem, canonical_gtin, gtin_variants, parse_gtin

from ..import_batch import ProductMatch


class OrionOrderImporter(models.AbstractModel):
    """Products: by GTIN, then by SKU. What is not sure is never picked."""

    _inherit = "orion.order.importer"

    def _match_products(self, batch, datas):
        """Fill `batch.matches`, with one query for all lines."""
        keys = [(data.external_id, line.external_id) for data in datas for line in data.lines]
        lines = [line for data in datas for line in data.lines]
        batch.matches.update(zip(keys, self._match_lines(batch.channel, lines), strict=True))
        products = self.env["product.product"].browse(
            {match.product_id for match in batch.matches.values() if match.product_id}
        )
        if any(match.problem for match in batch.matches.values()):
            products |= batch.company._orion_placeholder()
        batch.common["products"] = {product.id: product for product in products}

    def _match_lines(self, channel, lines):
        """What fits each line.

        :param lines: list of `OrderLineData`
        :return: list of `ProductMatch`, in the same order
        """
        first = self._match_first(channel, lines)
        by_gtin, by_sku, barcodes = self._products_like(channel, lines)
        return [
            ProductMatch(first[index])
            if first.get(index)
            else self._match_line(line, by_gtin, by_sku, barcodes)
            for index, line in enumerate(lines)
        ]

    # === HOOKS === #

    def _match_first(self, channel, lines):
        """`{index in lines: product id}` of lines that are known by a surer way than GTIN."""
        return {}

    # === PRIVATE === #

    def _match_line(self, line, by_gtin, by_sku, barcodes):
        gtin = parse_gtin(line.gtin)
        canonical = getattr(gtin, "canonical", None)
        if canonical is None and gtin is not GtinProblem.EMPTY:
            return ProductMatch(problem="gtin_mismatch")
        same_gtin = by_gtin.get(canonical, ())
        if len(same_gtin) > 1:
            return ProductMatch(problem="duplicate_gtin")
        if same_gtin:
            return ProductMatch(next(iter(same_gtin)))
        same_sku = by_sku.get(line.sku.strip(), ()) if line.sku.strip() else ()
        if len(same_sku) != 1:
            return ProductMatch(problem="product_not_found")
        product_id = next(iter(same_sku))
        own = barcodes.get(product_id)
        if canonical and own and own != canonical:
            return ProductMatch(problem="gtin_mismatch")
        return ProductMatch(product_id)

    def _products_like(self, channel, lines):
        """Products by canonical GTIN and by SKU, and the canonical GTIN of each."""
        barcodes = {
            variant
            for line in lines
            if (canonical := canonical_gtin(line.gtin))
            for variant in gtin_variants(canonical)
        }
        skus = {line.sku.strip() for line in lines} - {""}
        by_gtin, by_sku, own = defaultdict(set), defaultdict(set), {}
        for product_id, barcode, sku in self._fetch_products(channel, barcodes, skus):
            canonical = canonical_gtin(barcode)
            if canonical:
                by_gtin[canonical].add(product_id)
                own[product_id] = canonical
            if sku in skus:
                by_sku[sku].add(product_id)
        return by_gtin, by_sku, own

    def _fetch_products(self, channel, barcodes, skus):
        """Active products of the company, or of all companies, in one query."""
        if not barcodes and not skus:
            return []
        self.env["product.product"].flush_model(["barcode", "default_code", "active"])
        self.env["product.template"].flush_model(["company_id"])
        company = channel.company_id
        companies = [
            int(part) for part in (company.parent_path or f"{company.id}/").split("/") if part
        ]
        return self.env.execute_query(
            SQL(
                "SELECT product.id, product.barcode, product.default_code "
                "FROM product_product product "
                "JOIN product_template template ON template.id = product.product_tmpl_id "
                "WHERE product.active "
                "AND (template.company_id IS NULL OR template.company_id = ANY(%s)) "
                "AND (product.barcode = ANY(%s) OR product.default_code = ANY(%s))",
                companies,
                list(barcodes),
                list(skus),
            )
        )
