from odoo import api, fields, models

from .orion_order_exception import OPEN_STATUSES


class SaleOrder(models.Model):
    """The way from an order to its unknown products."""

    _inherit = "sale.order"

    orion_exception_count = fields.Integer(
        string="Unknown Products", compute="_compute_orion_exception_count", compute_sudo=True
    )

    @api.depends("orion_exception_ids")
    def _compute_orion_exception_count(self):
        groups = self.env["orion.order.exception"]._read_group(
            [("order_id", "in", self.ids)], ["order_id"], ["__count"]
        )
        counts = {order.id: count for order, count in groups}
        for order in self:
            order.orion_exception_count = counts.get(order.id, 0)

    def action_orion_resolve(self):
        """Resolve the unknown products of these orders."""
        exceptions = self.orion_exception_ids.filtered(lambda one: one.status in OPEN_STATUSES)
        if not exceptions:
            return self.action_orion_unmatched_lines()
        return exceptions.action_resolve()

    def action_orion_exceptions(self):
        """The exceptions of these orders, however they ended."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "orion_order_exceptions.action_orion_order_exception"
        )
        return {**action, "domain": [("order_id", "in", self.ids)], "context": {}}
