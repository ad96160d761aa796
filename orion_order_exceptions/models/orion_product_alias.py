from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.orion_base.lib.gtin import canonical_gtin


class OrionProductAlias(models.Model):
    """A GTIN or SKU under which a product is sold too, as somebody has said once."""

    _name = "orion.product.alias"
    _description = "Product Alias"
    _order = "kind, value"
    _rec_name = "value"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    kind = fields.Selection([("gtin", "GTIN"), ("sku", "SKU")], required=True, default="gtin")
    value = fields.Char(
        required=True, help="The GTIN in any notation, kept in 14 digits; or the SKU."
    )
    product_id = fields.Many2one(
        "product.product", required=True, index=True, ondelete="cascade", check_company=True
    )
    exception_id = fields.Many2one(
        "orion.order.exception",
        string="Learned From",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The resolution it was learned from; empty when somebody entered it.",
    )

    _value_unique = models.UniqueIndex(
        "(company_id, kind, value)", "This GTIN or SKU is the alias of a product already."
    )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(
            [
                {**vals, "value": self._normal(vals.get("kind") or "gtin", vals.get("value"))}
                for vals in vals_list
            ]
        )

    def write(self, vals):
        if {"kind", "value"} & vals.keys():
            for alias in self:
                kind, value = vals.get("kind", alias.kind), vals.get("value", alias.value)
                super(OrionProductAlias, alias).write({**vals, "value": self._normal(kind, value)})
            return True
        return super().write(vals)

    @api.model
    def _normal(self, kind, value):
        """The form in which values are compared.

        :raise ValidationError: when it is no GTIN, or empty
        """
        text = str(value or "").strip()
        if kind == "sku" and text:
            return text
        canonical = canonical_gtin(text)
        if kind == "gtin" and canonical:
            return canonical
        raise ValidationError(
            self.env._(
                "“%(value)s” is no GTIN: it needs 8, 12, 13 or 14 digits with the right check "
                "digit. For an article number, choose the kind SKU.",
                value=text,
            )
            if kind == "gtin"
            else self.env._("Enter the SKU that marketplaces sell the product under.")
        )
