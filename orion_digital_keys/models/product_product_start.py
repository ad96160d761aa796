from odoo import api, fields, models

#: Written one by one, the template would not know what belongs together.
TOGETHER = ("type", "orion_is_digital", "orion_leave_open_orders")


class ProductProduct(models.Model):
    """A variant's form makes its template digital, and says the same of it."""

    _inherit = "product.product"

    orion_open_orders_text = fields.Char(
        string="Orders That Get Keys", compute="_compute_orion_open_orders_text"
    )

    @api.depends("orion_is_digital")
    @api.depends_context("lang")
    def _compute_orion_open_orders_text(self):
        for product in self:
            known = product._origin
            becomes = bool(known) and product.orion_is_digital and not known.orion_is_digital
            template = known.product_tmpl_id
            product.orion_open_orders_text = becomes and template._orion_open_orders_sentence()

    # === CRUD === #

    def write(self, vals):
        together = {name: vals[name] for name in TOGETHER if name in vals}
        if "orion_is_digital" not in together:
            return super().write(vals)
        self.product_tmpl_id.write(together)
        return super().write({name: vals[name] for name in vals if name not in together})
