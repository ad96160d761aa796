from odoo import api, fields, models

from ..lib.carriers import PROVIDERS


class OrionOrderTracking(models.TransientModel):
    """Letzshop's carriers to choose from, beside a free code."""

    _inherit = "orion.order.tracking"

    is_letzshop = fields.Boolean(compute="_compute_is_letzshop")
    letzshop_carrier = fields.Selection(
        list(PROVIDERS.items()),
        string="Carrier",
        compute="_compute_letzshop_carrier",
        store=True,
        readonly=False,
        help="Letzshop is told the carrier's name. Leave empty to use another carrier's code.",
    )

    @api.depends("order_ids")
    def _compute_is_letzshop(self):
        for wizard in self:
            orders = wizard.order_ids
            wizard.is_letzshop = bool(orders) and orders._of_letzshop() == orders

    @api.depends("order_ids")
    def _compute_letzshop_carrier(self):
        for wizard in self:
            orders = wizard.order_ids
            carriers = set(orders.mapped("orion_shipping_carrier"))
            known = carriers.pop() if len(carriers) == 1 else False
            wizard.letzshop_carrier = known if wizard.is_letzshop and known in PROVIDERS else False

    def action_set_tracking(self):
        """See `orion.order.tracking`."""
        if self.letzshop_carrier:
            self.tracking_carrier = self.letzshop_carrier
        return super().action_set_tracking()
