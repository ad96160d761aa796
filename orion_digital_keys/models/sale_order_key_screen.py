from odoo import api, fields, models

from odoo.addons.orion_base.rpc import USER, check_caller


class SaleOrder(models.Model):
    """What people see of an order's keys."""

    _inherit = "sale.order"

    orion_piece_count = fields.Integer(string="Keys Sold", compute="_compute_orion_keys")
    orion_delivered_key_count = fields.Integer(
        string="Keys Delivered", compute="_compute_orion_keys"
    )
    orion_waiting_key_count = fields.Integer(string="Keys Missing", compute="_compute_orion_keys")
    orion_waiting_key_reason = fields.Char(
        string="Why Keys Are Missing", compute="_compute_orion_keys"
    )
    orion_waiting_products = fields.Char(
        string="Products without a Key", compute="_compute_orion_keys"
    )

    @api.depends("orion_piece_ids.state", "orion_piece_ids.reason")
    @api.depends_context("lang")
    def _compute_orion_keys(self):
        for order in self:
            pieces = order.sudo().orion_piece_ids
            waiting = pieces._not_delivered_yet()
            order.orion_piece_count = len(pieces)
            order.orion_delivered_key_count = len(pieces._shown())
            order.orion_waiting_key_count = len(waiting)
            order.orion_waiting_key_reason = waiting._reasons_said()
            order.orion_waiting_products = ", ".join(waiting.product_id.mapped("display_name"))

    # === ACTIONS === #

    def action_orion_fulfill_digital(self):
        """Give these orders their keys now, and say what happened."""
        check_caller(self, USER, "write")
        counts = self.orion_fulfill_digital()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if counts["pending"] or counts["failed"] else "success",
                "message": self.env._(
                    "Keys delivered: %(fulfilled)s. Still to come: %(pending)s. Held: %(failed)s.",
                    **counts,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
