from odoo import fields, models

from .orion_order_exception_resolve import BY_PEOPLE


class OrionProductAliasFormer(models.Model):
    """What people have taught an alias before they taught it something else: undoing the newer
    resolution brings it back."""

    _name = "orion.product.alias.former"
    _description = "Former Product of an Alias"
    _order = "id desc"

    alias_id = fields.Many2one(
        "orion.product.alias", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="alias_id.company_id", store=True, index=True)
    kind = fields.Selection(related="alias_id.kind")
    value = fields.Char(related="alias_id.value")
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="cascade"
    )
    exception_id = fields.Many2one(
        "orion.order.exception",
        string="Learned From",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The resolution it was learned from; empty once that is deleted.",
    )
    learned_by = fields.Many2one(
        "res.users", readonly=True, index="btree_not_null", ondelete="set null"
    )

    def _standing(self):
        """`{alias: the newest row}` on which a person's resolution still rests, or of which
        nobody can tell any more."""
        exceptions = self.env["orion.order.exception"]
        rests = exceptions._search_resolved(self, BY_PEOPLE)._learnable()
        standing = {}
        for former in self.sorted("id", reverse=True):
            if not former.exception_id or former._key() in rests:
                standing.setdefault(former.alias_id, former)
        return standing

    def _key(self):
        self.ensure_one()
        return self.company_id, self.kind, self.value, self.product_id

    def _prepare_return(self):
        """Values of the alias that says this again."""
        self.ensure_one()
        return {
            "product_id": self.product_id.id,
            "exception_id": self.exception_id.id,
            "learned_by": self.learned_by.id,
        }
