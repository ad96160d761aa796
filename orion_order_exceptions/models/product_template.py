from odoo import models

#: Changes after which its variants may be what exceptions wait for; a variant's own are noted
#: there.
IDENTIFYING_FIELDS = frozenset({"active", "company_id", "sale_ok"})


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def write(self, vals):
        result = super().write(vals)
        if IDENTIFYING_FIELDS & vals.keys():
            self.with_context(active_test=False).product_variant_ids._orion_note_identified()
        return result

    def unlink(self):
        self.with_context(active_test=False).product_variant_ids._orion_note_gone()
        return super().unlink()
