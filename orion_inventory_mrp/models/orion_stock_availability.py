from collections import defaultdict

from odoo import api, models

#: Kits in kits in kits: deeper ones are a circle.
DEEPEST = 20


class OrionStockAvailability(models.AbstractModel):
    """Kits: as many as their parts make."""

    _inherit = "orion.stock.availability"

    @api.model
    def _kit_parts(self, company, products):
        """See there; one search for each level of kits in kits."""
        boms = self._kit_boms(company, products) if products else {}
        parts = {product.id: {product: 1.0} for product in boms}
        for _level in range(DEEPEST):
            found = self.env["product.product"].union(
                *(part for own in parts.values() for part in own)
            )
            boms = self._kit_boms(company, found)
            if not boms:
                break
            parts = {kit: self._explode(own, boms) for kit, own in parts.items()}
        return super()._kit_parts(company, products) | {
            kit: {part.id: ratio for part, ratio in own.items() if part.is_storable and ratio > 0}
            for kit, own in parts.items()
        }

    @api.model
    def _kit_boms(self, company, products):
        """`{product: its kit's bill of materials}`"""
        found = self.env["mrp.bom"]._bom_find(products, company_id=company.id, bom_type="phantom")
        return {product: bom for product, bom in found.items() if bom}

    @api.model
    def _explode(self, ratios, boms):
        """Replace each kit by its parts, one level down.

        :param ratios: `{product: quantity in its own unit}`
        """
        result = defaultdict(float)
        for product, ratio in ratios.items():
            bom = boms.get(product)
            if not bom:
                result[product] += ratio
                continue
            made = bom.product_uom_id._compute_quantity(
                bom.product_qty, product.uom_id, round=False
            )
            for line in bom.bom_line_ids:
                if not line._skip_bom_line(product):
                    needed = line.product_uom_id._compute_quantity(
                        line.product_qty, line.product_id.uom_id, round=False
                    )
                    result[line.product_id] += ratio * needed / made
        return dict(result)

    @api.model
    def _kits_with(self, products):
        """See there; one search for each level."""
        kits = super()._kits_with(products)
        fresh = products
        for _level in range(DEEPEST):
            lines = self.env["mrp.bom.line"].search(
                [("product_id", "in", fresh.ids), ("bom_id.type", "=", "phantom")]
            )
            fresh = lines.bom_id._orion_products() - kits
            if not fresh:
                break
            kits |= fresh
        return kits
