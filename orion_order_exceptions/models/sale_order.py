from odoo import api, fields, models

from odoo.addons.orion_orders.models.sale_order_decide import OPEN_OPERATIONS

from .orion_order_exception import OPEN_STATUSES


class SaleOrder(models.Model):
    """Orders with exceptions."""

    _inherit = "sale.order"

    orion_exception_ids = fields.One2many(
        "orion.order.exception",
        "order_id",
        string="Exceptions",
        groups="orion_base.group_orion_user",
    )

    # === HOOKS === #

    def _orion_lines_unmatched(self, lines):
        super()._orion_lines_unmatched(lines)
        lines._orion_sync_exceptions()

    def _orion_unmatched_message(self, lines):
        """How many are pending and ignored, beside where."""
        message = super()._orion_unmatched_message(lines)
        statuses = lines.sudo().orion_exception_ids.mapped("status")
        return " ".join(
            (
                message,
                self.env._(
                    "Their exceptions: %(pending)s pending, %(ignored)s ignored.",
                    pending=statuses.count("pending"),
                    ignored=statuses.count("ignored"),
                ),
            )
        )

    def _action_cancel(self):
        """Nobody waits for the products of a cancelled order."""
        result = super()._action_cancel()
        self.filtered(lambda order: order.state == "cancel").order_line._orion_sync_exceptions()
        return result

    # === BUSINESS === #

    def _orion_release_if_known(self):
        """Tick off what reminded of these orders, and let those go on of which no line waits for
        its product any more.

        :return: the latter
        """
        if not self:
            return self
        orders = self.sudo()
        groups = (
            self.env["orion.order.exception"]
            .sudo()
            ._read_group(
                [("order_id", "in", self.ids), ("status", "in", OPEN_STATUSES)],
                ["order_id", "status"],
            )
        )
        blocked = orders.browse({order.id for order, _status in groups})
        pending = orders.browse({order.id for order, status in groups if status == "pending"})
        released = orders - blocked
        (orders - pending).orion_channel_id._close_reminders()
        released.filtered(lambda order: order.state != "cancel")._orion_note_known_products()
        return released.sudo(self.env.su)

    def _orion_note_known_products(self):
        """Orders that the marketplace has accepted wait for nothing but Odoo's confirmation."""
        accepted = self._orion_accepted_but_not_confirmed()
        if accepted:
            accepted.orion_sync_error = self.env._(
                "The marketplace has accepted this order, and all its products are known now. "
                "Confirm it, so that the delivery is made."
            )

    def _orion_note_unknown_products(self):
        """Those of them wait for products again."""
        for order in self._orion_accepted_but_not_confirmed():
            order._orion_wait_for_products()

    def _orion_accepted_but_not_confirmed(self):
        return self.filtered(
            lambda order: order.orion_decision == "accepted" and order.state in ("draft", "sent")
        )

    def _orion_note_taken_back(self, lines):
        """What had chosen these lines' products was taken back when the order was confirmed."""
        env = self._orion_for_reader().env
        self._orion_note(
            env._(
                "%(products)s: chosen by itself, by what %(user)s has taken back since. Check it "
                "before the goods leave.",
                products=", ".join(lines.product_id.mapped("display_name")),
                user=self.env.user.name,
            )
        )

    def _orion_undo_obstacles(self):
        """`{order: sentence}` of those from which products cannot be taken off any more."""
        busy = self._orion_decisions_on_their_way()
        obstacles = {}
        for order in self:
            if order.state not in ("draft", "sent") or order.orion_is_history:
                obstacles[order] = self.env._(
                    "%(order)s is confirmed or cancelled: its products stay as they are.",
                    order=order.name,
                )
            elif order in busy:
                obstacles[order] = self.env._(
                    "A decision about %(orders)s is on its way to the marketplace. Wait for the "
                    "answer, or cancel the operation in the queue.",
                    orders=order.name,
                )
        return obstacles

    @api.model
    def _orion_decisions_domain(self):
        return [
            ("res_model", "=", self._name),
            ("operation", "in", ("confirm", "reject")),
            "|",
            ("status", "in", OPEN_OPERATIONS),
            ("applied", "=", False),
        ]

    def _orion_decisions_on_their_way(self):
        """Those of these orders about which the marketplace is being told something."""
        operations = (
            self.env["orion.operation"]
            .sudo()
            .search([*self._orion_decisions_domain(), ("res_id", "in", self.ids)])
        )
        return self.browse(sorted(set(operations.mapped("res_id"))))
