from odoo import api, fields, models


class SaleOrder(models.Model):
    """Half decided orders: a part is accepted and confirmed, the rest still waits."""

    _inherit = "sale.order"

    orion_waiting_quantity = fields.Float(
        string="Still to Decide",
        digits="Product Unit",
        compute="_compute_orion_waiting_quantity",
        compute_sudo=True,
        help="Pieces of this half decided order that wait for a decision.",
    )

    @api.depends("order_line.orion_waiting_quantity")
    def _compute_orion_waiting_quantity(self):
        for order in self:
            order.orion_waiting_quantity = sum(order.order_line.mapped("orion_waiting_quantity"))

    # === HOOKS === #

    def _orion_waiting_quantities(self):
        """Pieces of half decided orders that are neither decided nor on their way to be: no
        line's quantity counts them yet. Where pieces are decided one by one, a channel addon says.

        :return: `{line: quantity}`, absent where nothing waits
        """
        return {}
