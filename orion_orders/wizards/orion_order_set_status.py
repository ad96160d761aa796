from odoo import api, fields, models

from ..lib.order_status import allowed_after


class OrionOrderSetStatus(models.TransientModel):
    """Sets a status by hand, among those that may follow."""

    _name = "orion.order.set.status"
    _description = "Set Marketplace Status"

    order_ids = fields.Many2many("sale.order", string="Orders", required=True)
    status = fields.Selection(selection="_selection_status", required=True)
    allowed_text = fields.Char(string="May Follow", compute="_compute_allowed_text")
    reason = fields.Char()

    @api.model
    def _selection_status(self):
        return self.env["sale.order"]._fields["orion_status"]._description_selection(self.env)

    @api.depends("order_ids")
    def _compute_allowed_text(self):
        labels = dict(self._selection_status())
        for wizard in self:
            following = [
                set(allowed_after(order.orion_status))
                for order in wizard.order_ids
                if order.orion_status
            ]
            common = set.intersection(*following) if following else set()
            wizard.allowed_text = ", ".join(
                label for status, label in labels.items() if status in common
            )

    def action_set_status(self):
        """Set the status of the orders."""
        self.ensure_one()
        result = self.order_ids.orion_set_status(status=self.status, reason=self.reason or "")
        return self.order_ids._orion_notify_and_close(result)
