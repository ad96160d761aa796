from odoo import api, models
from odoo.tools import SQL

from odoo.addons.orion_base.lib.gtin import canonical_gtin
from odoo.addons.orion_order_exceptions.lib.candidates import Finding, Reason, UnknownProduct


class OrionProductCandidates(models.AbstractModel):
    """Feeds name one product by several numbers: a sold SKU leads to its GTIN, and the other
    way round."""

    _inherit = "orion.product.candidates"

    @api.model
    def _staged_findings(self, company, unknowns):
        """Products that a staged row with the sold GTIN, id or manufacturer's number has become,
        or whose GTIN it has."""
        rows = self._staged_rows(company, unknowns)
        findings = [
            Finding(key, product_id, Reason.STAGED, gtin=canonical_gtin(barcode) or gtin)
            for key, product_id, barcode, gtin in rows
            if product_id
        ]
        others = {
            f"{key} {gtin}": (key, gtin)
            for key, product_id, _barcode, gtin in rows
            if gtin and not product_id and gtin != unknowns[key].gtin
        }
        same = self._same_number_findings(
            company, {name: UnknownProduct(gtin, "", "") for name, (_key, gtin) in others.items()}
        )
        findings += [
            Finding(others[found.key][0], found.product_id, Reason.STAGED, gtin=found.gtin)
            for found in same
        ]
        return [*super()._staged_findings(company, unknowns), *findings]

    @api.model
    def _staged_rows(self, company, unknowns):
        """`(key, product, its barcode, the row's GTIN)`; no product where the row has become
        none that the company may sell."""
        by_gtin, by_sku = self._keys_by_number(unknowns)
        if not by_gtin and not by_sku:
            return []
        self._flush(
            "orion.marketplace.product", "channel_id", "external_id", "gtin", "mpn", "product_id"
        )
        found = self.env.execute_query(
            SQL(
                "SELECT staged.gtin, staged.external_id, staged.mpn, own.id, own.barcode"
                " FROM orion_marketplace_product staged"
                " JOIN orion_channel channel ON channel.id = staged.channel_id"
                " LEFT JOIN (SELECT product.id, product.barcode FROM product_product product"
                " JOIN product_template template ON template.id = product.product_tmpl_id"
                " WHERE %(saleable)s) own ON own.id = staged.product_id"
                " WHERE channel.company_id = %(company)s AND (staged.gtin = ANY(%(gtins)s)"
                " OR staged.external_id = ANY(%(skus)s) OR staged.mpn = ANY(%(skus)s))",
                saleable=self._saleable(company),
                company=company.id,
                gtins=list(by_gtin),
                skus=list(by_sku),
            )
        )
        return [
            (key, product_id, barcode, gtin)
            for gtin, external_id, mpn, product_id, barcode in found
            for key in {
                *by_gtin.get(gtin, ()),
                *by_sku.get(external_id, ()),
                *by_sku.get(mpn, ()),
            }
        ]
