from odoo import api, fields, models

from odoo.addons.orion_base.rpc import MANAGER, USER, check_caller


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

    orion_held_key_count = fields.Integer(string="Keys Held", compute="_compute_orion_keys")
    orion_unsent_key_count = fields.Integer(
        string="Keys Not Sent",
        compute="_compute_orion_keys",
        help="Given, but the e-mail with them could not be sent.",
    )
    orion_unsent_key_reason = fields.Char(string="Why Not Sent", compute="_compute_orion_keys")

    orion_delayed_key_reason = fields.Char(
        string="Why Sent Later",
        compute="_compute_orion_keys",
        help="The e-mail with keys could not leave yet, and is sent again by itself.",
    )

    @api.depends(
        "orion_piece_ids.state",
        "orion_piece_ids.reason",
        "orion_piece_ids.mail_problem",
        "orion_piece_ids.mail_delay",
    )
    @api.depends_context("lang")
    def _compute_orion_keys(self):
        for order in self:
            pieces = order.sudo().orion_piece_ids
            waiting = pieces._not_delivered_yet()
            unsent = pieces._shown().filtered("mail_problem")
            order.orion_held_key_count = len(pieces.filtered(lambda p: p.state == "held"))
            order.orion_unsent_key_count = len(unsent)
            order.orion_unsent_key_reason = unsent[:1].mail_problem
            order.orion_delayed_key_reason = pieces._shown().filtered("mail_delay")[:1].mail_delay
            order.orion_piece_count = len(pieces)
            order.orion_delivered_key_count = len(pieces._shown())
            order.orion_waiting_key_count = len(waiting)
            order.orion_waiting_key_reason = waiting._reasons_said()
            order.orion_waiting_products = ", ".join(waiting.product_id.mapped("display_name"))

    orion_lacks_pieces = fields.Boolean(
        compute="_compute_orion_lacks_pieces",
        help="Something is confirmed, paid and digital, and nobody has begun to give its keys: the "
        "product became digital later.",
    )

    orion_keys_await_payment = fields.Boolean(
        compute="_compute_orion_lacks_pieces",
        help="Something is confirmed and digital, and its keys are sent when it is paid.",
    )

    @api.depends("state", "order_line.product_id", "orion_piece_ids")
    def _compute_orion_lacks_pieces(self):
        orders = self.sudo().filtered(lambda one: one.state == "sale" and not one.orion_is_history)
        lines = orders.order_line._orion_digital_lines().filtered(
            lambda line: not line.orion_piece_ids and line._orion_digital_quantity()
        )
        paid = lines._orion_paid_lines() if lines else lines
        for order in self:
            order.orion_lacks_pieces = order.id in paid.order_id.ids
            order.orion_keys_await_payment = order.id in (lines - paid).order_id.ids

    # === ACTIONS === #

    def action_orion_open_release(self):
        """Ask why the held keys of these orders may be let go."""
        check_caller(self, MANAGER, "read")
        held = self.sudo().orion_piece_ids.filtered(lambda piece: piece.state == "held")
        return self.env["orion.digital.piece"].browse(held.ids).action_open_release()

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
