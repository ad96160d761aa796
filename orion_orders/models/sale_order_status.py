from odoo import fields, models
from odoo.exceptions import UserError

from ..lib.order_status import TIMESTAMPS, OrderStatus, allowed_after, is_allowed, path
from .sale_order import STATUSES

#: What Odoo's own states mean for an order made in Odoo.
STOREFRONT_STATUS = {"sale": "confirmed", "cancel": "cancelled"}


class SaleOrder(models.Model):
    """The one way a status changes, and what changes it."""

    _inherit = "sale.order"

    # === BUSINESS === #

    def _orion_change_status(self, status, actor=None, reason=None, details=None, each=None):
        """Bring orders to a status; those that have it already are left alone.

        :param status: a value of `lib.order_status.OrderStatus`
        :param actor: `system`, `user:<id>` or `marketplace:<code>`; the current user by default
        :param reason: text for people
        :param details: JSON-able facts
        :param each: `{order id: dict of actor, reason, details}` where orders differ in these
        :return: the orders that changed
        :raise UserError: when the transition is not allowed
        """
        changing = self.filtered(lambda order: order.orion_status != status)
        for order in changing:
            if not is_allowed(order.orion_status or "pending", status):
                raise UserError(order._orion_transition_refusal(status))
        changing._orion_write_status(status, actor, reason, details, each)
        return changing

    def _orion_advance_status(self, status, actor=None, reason=None, details=None, each=None):
        """Bring orders to a status where a transition allows it, others stay; for events
        that say something of the order but must never be stopped by it."""
        able = self.filtered(
            lambda order: order.orion_status and is_allowed(order.orion_status, status)
        )
        return able._orion_change_status(status, actor, reason, details, each)

    def _orion_reach_status(self, status, actor=None, reason=None, details=None):
        """Go to a status through those that lie between, where there is a way at all."""
        for old, orders in self.grouped("orion_status").items():
            for step in path(old or "pending", status):
                orders._orion_change_status(step, actor, reason, details)

    def _orion_write_status(self, status, actor=None, reason=None, details=None, each=None):
        """Write a status and its history without asking whether it may follow."""
        if not self:
            return
        common = {"actor": actor, "reason": reason, "details": details}
        history = [
            order._orion_history_values(
                order.orion_status, status, **{**common, **(each or {}).get(order.id, {})}
            )
            for order in self
        ]
        timestamp = TIMESTAMPS.get(OrderStatus(status))
        late = self.filtered(lambda order: timestamp and not order[timestamp]).sudo()
        if late:
            late.write({"orion_status": status, timestamp: fields.Datetime.now()})
        (self.sudo() - late).write({"orion_status": status})
        self.env["orion.order.status.history"].sudo().create(history)

    def _orion_history_values(self, old, new, actor=None, reason=None, details=None):
        return {
            "order_id": self.id,
            "company_id": self.company_id.id,
            "from_status": old or False,
            "to_status": new,
            "changed_by": actor or self._orion_actor(),
            "reason": reason or False,
            "details": details or False,
        }

    def _orion_actor(self):
        """Who acts now, as the history names it."""
        if self.env.user._is_superuser():
            return "system"
        return f"user:{self.env.uid}"

    def _orion_marketplace_actor(self):
        self.ensure_one()
        return f"marketplace:{self.sudo().orion_channel_id.marketplace}"

    def _orion_log_first_status(self):
        """The first line of the history of new orders."""
        fresh = self.sudo().filtered("orion_status")
        self.env["orion.order.status.history"].sudo().create(
            [
                order._orion_history_values(
                    False,
                    order.orion_status,
                    order._orion_marketplace_actor() if order.orion_decision else None,
                )
                for order in fresh
            ]
        )

    # === STOREFRONT === #

    def _orion_follow_state(self):
        """An order made in Odoo follows its own state; nothing is asked or refused."""
        own = self.filtered(lambda order: order.orion_status and not order.orion_decision)
        for order in own:
            status = STOREFRONT_STATUS.get(order.state)
            if status:
                order._orion_advance_status(status)
            elif order.orion_status == "cancelled":
                order._orion_write_status("pending", reason=self.env._("Set back to a quotation"))

    # === PRIVATE === #

    def _orion_transition_refusal(self, status):
        self.ensure_one()
        labels = dict(self._fields["orion_status"]._description_selection(self.env))
        following = allowed_after(self.orion_status or STATUSES[0][0])
        if not following:
            return self.env._(
                "%(order)s is “%(old)s”, which is final: it cannot become “%(new)s”.",
                order=self.name,
                old=labels[self.orion_status],
                new=labels[status],
            )
        return self.env._(
            "%(order)s is “%(old)s” and cannot become “%(new)s”. What may follow: %(allowed)s.",
            order=self.name,
            old=labels[self.orion_status or "pending"],
            new=labels[status],
            allowed=", ".join(labels[value] for value in following),
        )
