from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.orion_base.rpc import USER, check_caller

from .sale_order_decide import OPEN_OPERATIONS


class SaleOrder(models.Model):
    """Tracking numbers, and telling them to the marketplace."""

    _inherit = "sale.order"

    # === PUBLIC METHODS === #

    def orion_set_tracking(self, tracking_number=None, tracking_carrier=None):
        """Keep a tracking number and tell it to the marketplace.

        :param tracking_carrier: our code of the carrier, such as `dhl`; may be left out
        :return: `{"success": True, "message": text, "operation_ids": [ids]}`; the same number
            again returns the same operation
        :raise UserError: no number, or an order that is not accepted
        """
        check_caller(self, USER, "write")
        self._orion_check_named()
        number, carrier = (str(text or "").strip() for text in (tracking_number, tracking_carrier))
        if not number:
            raise UserError(self.env._("Give the tracking number that the carrier printed."))
        operations, problems = self._orion_each(lambda orders: orders._orion_track(number, carrier))
        return {
            "success": not problems,
            "message": " ".join((self._orion_tracking_message(operations, number), *problems)),
            "operation_ids": operations.ids,
        }

    # === BUSINESS === #

    def _orion_tracking_message(self, operations, number):
        """What became of telling a tracking number."""
        by_status = operations.sudo().grouped("status")
        if any(status in by_status for status in OPEN_OPERATIONS):
            return self.env._(
                "Tracking number %(number)s is on its way to the marketplace.", number=number
            )
        return self.env._(
            "The marketplace knows tracking number %(number)s already.", number=number
        )

    # === PRIVATE === #

    def _orion_track(self, number, carrier):
        self._orion_check_trackable()
        self._orion_lock()
        return self._orion_enqueue_trackings(dict.fromkeys(self.ids, (number, carrier)))

    def _orion_enqueue_trackings(self, wanted):
        """Keep tracking numbers and enqueue telling them.

        :param wanted: `{order id: (number, carrier code)}`; an empty code keeps the order's
        :return: the operations in order of the records, new ones and those that exist
        """
        for (number, carrier), orders in self._orion_by_tracking(wanted).items():
            values = {"orion_tracking_number": number}
            orders.sudo().write(values | ({"orion_shipping_carrier": carrier} if carrier else {}))
            orders._orion_track_deliveries(number, carrier)
        told_last = self._orion_last_trackings()
        told = {}
        for channel, orders in self.sudo().grouped("orion_channel_id").items():
            operations = self.env["orion.operation"]._enqueue(
                channel,
                "set_tracking",
                [order._orion_tracking_values(told_last.get(order.id)) for order in orders],
            )
            given_up = operations.sudo().filtered(lambda op: op.status in ("failed", "cancelled"))
            if given_up:
                given_up.retry()
            told.update(zip(orders.ids, operations, strict=True))
        result = self.env["orion.operation"].union(*(told[order_id] for order_id in self.ids))
        waiting = result.sudo().filtered(lambda op: op.status in OPEN_OPERATIONS)
        self.sudo().browse(waiting.mapped("res_id")).write(
            {"orion_sync_status": "pending", "orion_sync_error": False}
        )
        return result

    def _orion_by_tracking(self, wanted):
        """`{(number, carrier code): orders}`; what is read of some of them is read of all."""
        found = defaultdict(list)
        for order in self:
            found[wanted[order.id]].append(order.id)
        return {
            tracking: self.browse(ids).with_prefetch(self._prefetch_ids)
            for tracking, ids in found.items()
        }

    def _orion_last_trackings(self):
        """`{order id: operation}`: what was told last, or is on its way to be."""
        operations = self.env["orion.operation"].sudo()
        domain = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        return {
            operation.res_id: operation
            for operation in operations.search(
                [*domain, ("operation", "=", "set_tracking")], order="id"
            )
        }

    def _orion_tracking_payload(self):
        """What the marketplace is told; channel and feature addons add to it."""
        self.ensure_one()
        return {
            "order": self.orion_external_id,
            "tracking_number": self.orion_tracking_number,
            "carrier": self.orion_shipping_carrier or "",
        }

    def _orion_tracking_values(self, last):
        """What `_enqueue` wants: the last operation's key when nothing has changed since; a
        number that comes back after another one is told anew."""
        self.ensure_one()
        payload = self._orion_tracking_payload()
        if last and last.payload == payload:
            key = last.idempotency_key
        else:
            number = payload["tracking_number"]
            parts = [number, payload["carrier"], last.id if last else 0]
            key = self._orion_key("set_tracking", parts)
        return {
            "idempotency_key": key,
            "payload": payload,
            "record": self,
            "reference": self.orion_order_number or self.name,
        }

    def _orion_check_trackable(self):
        self._orion_check_decidable()
        for order in self:
            if order.orion_decision != "accepted":
                raise UserError(
                    self.env._(
                        "%(order)s is not accepted: confirm it at the marketplace first, then "
                        "set its tracking number.",
                        order=order.name,
                    )
                )

        undecided = self._orion_pieces_to_decide()
        for order in self.filtered(lambda order: order.id in undecided):
            raise UserError(
                self.env._(
                    "%(channel)s takes no tracking number of %(order)s while pieces of it wait for "
                    "a decision. Accept or refuse the rest, then set the tracking number.",
                    order=order.name,
                    channel=order.sudo().orion_channel_id.name,
                )
            )
