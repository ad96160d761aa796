from odoo import models
from odoo.tools import SQL

from odoo.addons.orion_base.lib.gtin import GtinProblem, canonical_gtin, gtin_variants, parse_gtin

from ..import_batch import Catalogue, ProductMatch


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
        catalogue = self._open_catalogue(channel, lines)
        return [
            ProductMatch(first[index]) if first.get(index) else self._match_line(line, catalogue)
            for index, line in enumerate(lines)
        ]

    # === HOOKS === #

    def _match_first(self, channel, lines):
        """`{index in lines: product id}` of lines that are known by a surer way than GTIN."""
        return {}

    def _open_catalogue(self, channel, lines):
        """The products that the lines' GTINs and SKUs may stand for, as a `Catalogue`."""
        gtins = {canonical_gtin(line.gtin) for line in lines} - {None}
        barcodes = {variant for gtin in gtins for variant in gtin_variants(gtin)}
        skus = {line.sku.strip() for line in lines} - {""}
        catalogue = Catalogue()
        for product_id, barcode, sku, unit_id in self._fetch_products(channel, barcodes, skus):
            canonical = canonical_gtin(barcode)
            if canonical:
                units = catalogue.by_gtin.setdefault(canonical, {})
                units[product_id] = units.get(product_id, unit_id) and unit_id
            if canonical and unit_id is None:
                catalogue.gtins[product_id] = canonical
            if sku in skus:
                catalogue.by_sku.setdefault(sku, set()).add(product_id)
        return catalogue

    def _match_line(self, line, catalogue):
        """The product of one line, as a `ProductMatch`; what is not sure is none."""
        gtin = parse_gtin(line.gtin)
        canonical = getattr(gtin, "canonical", None)
        if canonical is None and gtin is not GtinProblem.EMPTY:
            return ProductMatch(problem="gtin_mismatch")
        same_gtin = catalogue.by_gtin.get(canonical, {})
        if len(same_gtin) > 1:
            return ProductMatch(problem="duplicate_gtin")
        for product_id, unit_id in same_gtin.items():
            return ProductMatch(product_id, unit_id=unit_id)
        same_sku = catalogue.by_sku.get(line.sku.strip(), ())
        if len(same_sku) != 1:
            return ProductMatch(problem="product_not_found")
        [product_id] = same_sku
        return self._match_unless_other_gtin(product_id, canonical, catalogue)

    # === PRIVATE === #

    def _match_unless_other_gtin(self, product_id, canonical, catalogue):
        """A product that a SKU stands for, unless its own GTIN says that it is another one."""
        own = catalogue.gtins.get(product_id)
        if canonical and own and own != canonical:
            return ProductMatch(problem="gtin_mismatch")
        return ProductMatch(product_id)

    def _fetch_products(self, channel, barcodes, skus):
        """`(product id, barcode, SKU, unit id)` of active products for sale, of the company or
        of all, with these barcodes or SKUs; packagings have a unit. One query."""
        if not barcodes and not skus:
            return []
        self.env["product.product"].flush_model(["barcode", "default_code", "active"])
        self.env["product.template"].flush_model(["company_id", "sale_ok"])
        self.env["product.uom"].flush_model(["barcode", "product_id", "uom_id", "company_id"])
        company = channel.company_id
        names = {
            "companies": [
                int(part) for part in (company.parent_path or f"{company.id}/").split("/") if part
            ],
            "barcodes": list(barcodes),
            "skus": list(skus),
            "placeholders": company._orion_placeholder_ids(),
        }
        return self.env.execute_query(
            SQL(
                """
                SELECT found.id, found.barcode, found.sku, found.unit
                  FROM (SELECT id, barcode, default_code AS sku, NULL::int AS unit
                          FROM product_product
                         WHERE barcode = ANY(%(barcodes)s) OR default_code = ANY(%(skus)s)
                         UNION ALL
                        SELECT product_id, barcode, NULL, uom_id
                          FROM product_uom
                         WHERE barcode = ANY(%(barcodes)s)
                           AND (company_id IS NULL OR company_id = ANY(%(companies)s))) found
                  JOIN product_product product ON product.id = found.id AND product.active
                  JOIN product_template template ON template.id = product.product_tmpl_id
                 WHERE template.sale_ok AND product.id NOT IN (%(placeholders)s)
                   AND (template.company_id IS NULL OR template.company_id = ANY(%(companies)s))
                """,
                **names,
            )
        )
