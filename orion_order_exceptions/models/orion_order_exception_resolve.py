from odoo import models

from ..resolve_result import ResolveResult


class OrionOrderException(models.Model):
    """Putting the right products on the lines, for many at once."""

    _inherit = "orion.order.exception"

    def _resolve_many(self, product_by_exception, notes=None, source="manual", remember=()):
        """Resolve exceptions, each with its product; what was sold stays as it was.

        One that cannot be resolved stops no other.

        :param product_by_exception: `{exception: product.product}`
        :param notes: text kept on each
        :param source: a value of `resolution_source`
        :param remember: kinds of alias to learn: "gtin", "sku", both or none
        :return: a `resolve_result.ResolveResult`
        """
        nothing = self.browse()
        return ResolveResult(nothing, self.env["sale.order"], self.env["orion.product.alias"])
