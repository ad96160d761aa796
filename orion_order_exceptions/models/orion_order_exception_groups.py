from odoo import api, fields, models
from odoo.fields import Domain

from ..lib.candidates import UnknownProduct
from ..lib.grouping import GroupKind, group_key


class OrionOrderException(models.Model):
    """Which exceptions are about the same product, and what it may be."""

    _inherit = "orion.order.exception"

    product_key = fields.Char(
        compute="_compute_product_key",
        store=True,
        index="btree_not_null",
        help="The same for all exceptions of one unknown product of a company.",
    )

    @api.depends("canonical_gtin", "original_sku", "order_line_id.orion_product_name")
    def _compute_product_key(self):
        for exception in self:
            _company, kind, value = exception._group_key()
            exception.product_key = f"{kind.value}:{value}"

    def _group_key(self):
        """Company, kind and value that all exceptions of this product share."""
        self.ensure_one()
        kind, value = group_key(
            self.canonical_gtin, self.original_sku, self._sold_name(), str(self.id)
        )
        return self.company_id, kind, value

    def _sold_name(self):
        """The name the marketplace gave, which is not that of the placeholder."""
        return self.order_line_id.orion_product_name or ""

    def _same_product_domain(self):
        """Open exceptions of the same product, this one included."""
        self.ensure_one()
        company, kind, value = self._group_key()
        itself = Domain("id", "=", self.id)
        shared = Domain("company_id", "=", company.id) & Domain("status", "=", "pending")
        if kind is GroupKind.GTIN:
            return itself | shared & Domain("canonical_gtin", "=", value)
        if kind is GroupKind.SKU:
            without_gtin = Domain("canonical_gtin", "=", False)
            return itself | shared & without_gtin & Domain("original_sku", "=", value)
        return itself

    def _count_pending_by_key(self):
        """`{(company, kind, value): pending exceptions}` of the products of these exceptions
        that have a GTIN, or else a SKU, whether they are among these or not; two queries."""
        pending = Domain(self._pending_domain()) & Domain("company_id", "in", self.company_id.ids)
        gtins = set(self.mapped("canonical_gtin")) - {False}
        without_gtin = self.filtered(lambda exception: not exception.canonical_gtin)
        skus = set(without_gtin.mapped("original_sku")) - {False}
        by_gtin = self._read_group(
            pending & Domain("canonical_gtin", "in", gtins),
            ["company_id", "canonical_gtin"],
            ["__count"],
        )
        by_sku = self._read_group(
            pending & Domain("canonical_gtin", "=", False) & Domain("original_sku", "in", skus),
            ["company_id", "original_sku"],
            ["__count"],
        )
        return {
            (company, kind, value): count
            for kind, groups in ((GroupKind.GTIN, by_gtin), (GroupKind.SKU, by_sku))
            for company, value, count in groups
        }

    def _alias_kinds(self):
        """What can be remembered of this product: its GTIN, else its SKU."""
        self.ensure_one()
        _company, kind, _value = self._group_key()
        return (kind.value,) if kind in (GroupKind.GTIN, GroupKind.SKU) else ()

    def _unknown_product(self):
        self.ensure_one()
        return UnknownProduct(
            self.canonical_gtin or None, self.original_sku or "", self._sold_name()
        )

    def _rank_candidates(self):
        """Candidates of each exception, in a constant number of queries a company.

        :return: `{exception id: lib.candidates.Ranking}`
        """
        candidates = self.env["orion.product.candidates"]
        ranked = {}
        for company, exceptions in self.grouped("company_id").items():
            unknowns = {str(one.id): one._unknown_product() for one in exceptions}
            for key, ranking in candidates._rank(company, unknowns).items():
                ranked[int(key)] = ranking
        return ranked
