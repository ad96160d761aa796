from odoo import api, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """Currency and terms as sold: another customer or pricelist changes none of them."""

    _inherit = "sale.order"

    # === COMPUTE === #

    def _compute_pricelist_id(self):
        super(SaleOrder, self._orion_own_orders())._compute_pricelist_id()

    @api.depends("orion_decision")
    def _compute_currency_id(self):
        sold = self.filtered(lambda order: order.orion_decision and order.currency_id)
        super(SaleOrder, self - sold)._compute_currency_id()

    def _compute_fiscal_position_id(self):
        super(SaleOrder, self._orion_own_orders())._compute_fiscal_position_id()

    def _compute_payment_term_id(self):
        super(SaleOrder, self._orion_own_orders())._compute_payment_term_id()

    def _orion_own_orders(self):
        """Orders whose terms are Odoo's to compute."""
        return self.filtered(lambda order: not order.orion_decision)

    # === CRUD === #

    def write(self, vals):
        self._orion_check_currency_kept(vals)
        return super().write(vals)

    def _orion_check_currency_kept(self, vals):
        """:raise UserError: when sold prices would stand in another currency"""
        wanted = self.env["res.currency"].browse(vals.get("currency_id") or ())
        if vals.get("pricelist_id"):
            pricelist = self.env["product.pricelist"].sudo().browse(vals["pricelist_id"])
            wanted |= pricelist.currency_id
        for order in self.filtered("orion_decision") if wanted else ():
            if wanted != order.currency_id:
                raise UserError(
                    self.env._(
                        "%(order)s was sold in %(currency)s on %(channel)s, and its prices stay "
                        "in that currency. Choose a pricelist in %(currency)s.",
                        order=order.name,
                        currency=order.currency_id.name,
                        channel=order.sudo().orion_channel_id.name,
                    )
                )
