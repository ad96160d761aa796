from odoo import api, models
from odoo.fields import Domain

from odoo.addons.orion_base.lib.gtin import canonical_gtin, gtin_variants


class ProductProduct(models.Model):
    """Search by a GTIN in any notation, where a person looks for what was sold."""

    _inherit = "product.product"

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """With `orion_any_gtin` in the context, a whole GTIN finds the products and packagings
        that have it in whatever notation: with dashes, leading zeros or as an old ISBN."""
        found = super().name_search(name, domain, operator, limit)
        if operator in Domain.NEGATIVE_OPERATORS or not self.env.context.get("orion_any_gtin"):
            return found
        known = {product_id for product_id, _name in found}
        products = self._orion_with_gtin(name, domain or [], limit)
        more = [(one.id, one.display_name) for one in products if one.id not in known]
        return [*more, *found][:limit]

    @api.model
    def _orion_with_gtin(self, text, domain, limit):
        gtin = canonical_gtin(text or None)
        if not gtin:
            return self.browse()
        barcodes = gtin_variants(gtin)
        has_gtin = Domain("barcode", "in", barcodes) | Domain(
            "product_uom_ids.barcode", "in", barcodes
        )
        return self.search(Domain(domain) & has_gtin, limit=limit)
