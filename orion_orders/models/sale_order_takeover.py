from odoo import fields, models
from odoo.fields import Domain

from ..lib.order_data import OrderState

ACCEPTED = (OrderState.ACCEPTED, OrderState.SHIPPED, OrderState.DELIVERED)
REFUSED = (OrderState.REFUSED, OrderState.CANCELLED)

#: Status of an order of the past, by the marketplace's word.
HISTORY_STATUS = {
    OrderState.ACCEPTED: "confirmed",
    OrderState.SHIPPED: "shipped",
    OrderState.DELIVERED: "delivered",
    OrderState.REFUSED: "cancelled",
    OrderState.CANCELLED: "cancelled",
}


class SaleOrder(models.Model):
    """Orders that were decided by other hands, in the marketplace's own screens."""

    _inherit = "sale.order"

    def _orion_open_domain(self):
        """Orders about which something is still to be decided, and nothing is on its way."""
        return Domain("orion_decision", "=", "undecided") & self._orion_not_on_its_way()

    def _orion_take_over(self, pairs):
        """Take over what the marketplace says of orders that are known here.

        A state never goes backwards: "undecided" of an order that is decided here is old news.

        :param pairs: `[(order, OrderData)]`; pieces were updated before
        """
        orders = self.browse([order.id for order, _data in pairs])
        by_pieces = orders._orion_decision_by_pieces()
        for order, data in pairs:
            if order.orion_is_history:
                order._orion_reach_status(
                    self._orion_history_status(data), order._orion_marketplace_actor()
                )
                continue
            decision = by_pieces.get(order.id) or self._orion_decision_of(data.state)
            if data.state is OrderState.CANCELLED:
                order._orion_cancelled_there()
            elif decision == "accepted":
                order._orion_accepted_there()
            elif decision == "refused":
                order._orion_refused_there()
            order._orion_follow_shipping(data)
        orders._orion_tell_screens()

    def _orion_decision_of(self, state):
        if state in ACCEPTED:
            return "accepted"
        if state in REFUSED:
            return "refused"
        return "undecided"

    def _orion_history_status(self, data):
        """Status of an order of the past; pending where nothing is decided yet."""
        return HISTORY_STATUS.get(data.state, "pending")

    # === PRIVATE === #

    def _orion_accepted_there(self):
        if self.orion_decision == "undecided":
            env = self._orion_for_reader().env
            self._orion_note(env._("Accepted on the marketplace, not in Odoo: taken over."))
        if self.orion_decision in ("undecided", "accepted"):
            self._orion_accepted()

    def _orion_wait_for_products(self):
        """Accepted there while lines have no product here: Odoo's confirmation waits."""
        self.sudo().write(
            {
                "orion_sync_status": "error",
                "orion_sync_error": self._orion_for_reader().env._(
                    "The marketplace has accepted this order. Choose the missing products, then "
                    "confirm, so that the delivery is made."
                ),
            }
        )

    def _orion_unmatched_lines(self):
        """Lines that wait for a product; one whose pieces are all refused waits no more."""
        return self.order_line.filtered(
            lambda line: line.orion_needs_product_match and line.product_uom_qty
        )

    def _orion_refused_there(self):
        if self.orion_decision != "undecided":
            return
        env = self._orion_for_reader().env
        self._orion_note(env._("Refused on the marketplace, not in Odoo: taken over."))
        self._orion_refused()

    def _orion_cancelled_there(self):
        """Cancelled at the marketplace, whatever was decided before."""
        note = self._orion_for_reader().env._("Cancelled on the marketplace: taken over.")
        if self.orion_decision == "undecided":
            self._orion_note(note)
            self._orion_refused()
        elif self.orion_decision == "accepted" and self.orion_status in (
            "confirmed",
            "processing",
            "ready_for_shipment",
        ):
            self._orion_note(note)
            self._orion_cancel_here(self._orion_marketplace_actor())

    def _orion_not_found(self):
        """The marketplace was read to the end, and this open order was on no page."""
        self.ensure_one()
        self.sudo().write(
            {
                "orion_not_found_at": fields.Datetime.now(),
                "orion_sync_status": "error",
                "orion_sync_error": self._orion_for_reader().env._(
                    "%(channel)s no longer knows this order: it is in none of its lists. Ask "
                    "there what became of it. If it is void, set its status to Cancelled and give "
                    "the reason. It is looked for once a day.",
                    channel=self.orion_channel_id.name,
                ),
            }
        )

    def _orion_cancel_here(self, actor=None, reason=None):
        """Cancel accepted orders in Odoo and say so in the history."""
        orders = self.sudo()
        orders.write({"orion_decision": "cancelled"})
        orders.filtered(lambda order: order.locked and not order.orion_is_history).write(
            {"locked": False}
        )
        orders._action_cancel()
        self._orion_change_status("cancelled", actor, reason)

    def _orion_follow_shipping(self, data):
        """The marketplace may know that the goods are under way, or there."""
        if self.orion_decision != "accepted" or data.state not in (
            OrderState.SHIPPED,
            OrderState.DELIVERED,
        ):
            return
        values = {
            "orion_tracking_number": data.tracking_number,
            "orion_shipping_carrier": data.shipping_carrier,
        }
        news = {name: value for name, value in values.items() if value and not self[name]}
        if news:
            self.sudo().write(news)
        goal = "delivered" if data.state is OrderState.DELIVERED else "shipped"
        self._orion_reach_status(goal, self._orion_marketplace_actor())

    def _orion_note(self, text):
        """A note in the order's chatter, from outside data: plain text."""
        self.ensure_one()
        self.sudo().message_post(body=text, subtype_xmlid="mail.mt_note")
