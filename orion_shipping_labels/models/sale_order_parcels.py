from datetime import datetime

from odoo import api, fields, models

from odoo.addons.orion_orders.models.sale_order_ship import TRACKABLE

from ..lib.parcel_number import clean_number, split_numbers
from .sale_order_track import FROM_ORDER, OWN_DELIVERIES

#: Most orders whose parcels are told in one go; the others follow within the hour.
MOST_ORDERS = 500


class SaleOrder(models.Model):
    """Parcels: each delivery has a number of its own, and the marketplace knows them all."""

    _inherit = "sale.order"

    orion_tracking_waits = fields.Boolean(
        copy=False,
        readonly=True,
        help="Parcels have left whose numbers could not be told. They are told by themselves as "
        "soon as that is possible.",
    )

    _orion_tracking_waits_index = models.Index("(id) WHERE orion_tracking_waits")

    # === BUSINESS: which deliveries === #

    def _orion_chosen_deliveries(self):
        """Those of the order that were asked for by themselves; None where the order was."""
        self.ensure_one()
        chosen = self.env.context.get(OWN_DELIVERIES)
        if chosen is None:
            return None
        ids = set(chosen)
        return self.sudo().picking_ids.filtered(lambda picking: picking.id in ids)

    def _orion_deliveries_to_track(self):
        chosen = self._orion_chosen_deliveries()
        return super()._orion_deliveries_to_track() if chosen is None else chosen

    def _orion_deliveries_to_validate(self):
        chosen = self._orion_chosen_deliveries()
        if chosen is None:
            return super()._orion_deliveries_to_validate()
        return self._orion_open_deliveries() & chosen

    def _orion_moves_to_deliver(self, deliveries):
        """Components leave with their parcel, also while their product is not whole yet."""
        wanted = super()._orion_moves_to_deliver(deliveries)
        chosen = self._orion_chosen_deliveries()
        if chosen is not None:
            for moves in (deliveries & chosen)._orion_kit_moves().values():
                for move in moves.filtered(lambda move: move.state != "done"):
                    wanted.setdefault(move, move.product_uom_qty)
        return wanted

    def _orion_whole_kit(self, line, moves):
        """Of a parcel that was asked for by itself its components leave, whole or not."""
        if self._orion_chosen_deliveries() is None:
            return super()._orion_whole_kit(line, moves)
        return {move: move.product_uom_qty for move in moves}

    def _orion_check_covered(self, uncovered):
        """What another open delivery holds is not missing."""
        chosen = self._orion_chosen_deliveries()
        if chosen is not None:
            others = self._orion_open_deliveries() - chosen
            uncovered -= others.move_ids.sale_line_id
        super()._orion_check_covered(uncovered)

    def _orion_parcels_to_ship(self, deliveries=None):
        """What is a parcel at the packing table: the open deliveries of the own house, else those
        of suppliers, else the last one.

        :param deliveries: of the open ones only these, if they are among them
        """
        self.ensure_one()
        still_open = self._orion_open_deliveries().sorted("id")
        chosen = still_open & deliveries.sudo() if deliveries else still_open.browse()
        return (
            chosen or still_open._orion_from_house() or still_open or self._orion_label_delivery()
        )

    def _orion_waits_for_parcels(self):
        """Also while an open delivery has no number."""
        return super()._orion_waits_for_parcels() or any(
            not delivery.carrier_tracking_ref for delivery in self._orion_open_deliveries()
        )

    def _orion_track_deliveries(self, number, carrier=""):
        """A carrier that was named is the parcel's, also where it has left."""
        orders = self.with_context(**{FROM_ORDER: True})
        deliveries = super(SaleOrder, orders)._orion_track_deliveries(number, carrier)
        if carrier:
            by_carrier = deliveries.grouped(lambda delivery: delivery.sale_id.carrier_id)
            for order_carrier, some in by_carrier.items():
                others = some.filtered(
                    lambda delivery, carrier=order_carrier: delivery.carrier_id != carrier
                )
                if others:
                    others.carrier_id = order_carrier
        return deliveries

    def _orion_track_own_deliveries(self, wanted):
        """Give the chosen deliveries their numbers.

        :param wanted: as for `_orion_enqueue_trackings`
        :return: the same, with the numbers of all parcels of each order
        """
        for (number, carrier), orders in self._orion_by_tracking(wanted).items():
            if carrier:
                orders.sudo().orion_shipping_carrier = carrier
            orders._orion_track_deliveries(number, carrier)
        return {
            order.id: (_numbers(order._orion_tracked_deliveries()), wanted[order.id][1])
            for order in self
        }

    def _orion_tracked_deliveries(self):
        """Deliveries that have a number, in the order in which they left or will leave."""
        self.ensure_one()
        return (
            self.sudo()
            .picking_ids._orion_leaving()
            .filtered(lambda picking: picking.state != "cancel" and picking.carrier_tracking_ref)
            .sorted(lambda picking: (picking.date_done or datetime.max, picking.id))
        )

    def _orion_parcel_number(self, delivery):
        """The number that a parcel has already; the order's where it has only this one.

        :param delivery: its delivery, or none
        """
        self.ensure_one()
        if delivery.carrier_tracking_ref:
            return delivery.carrier_tracking_ref
        leaving = self.sudo().picking_ids._orion_leaving()
        leaving = leaving.filtered(lambda picking: picking.state != "cancel")
        return "" if leaving - delivery else self.orion_tracking_number or ""

    def _orion_left_tracking(self):
        """Numbers of all parcels that have left, and the carrier's code.

        :return: `(numbers with commas, code)`; no number where none is known
        """
        left = self.sudo().picking_ids._orion_leaving().filtered(lambda one: one.state == "done")
        last = left.sorted(lambda picking: (picking.date_done, picking.id))[-1:]
        numbers = _numbers(self._orion_tracked_deliveries() & left)
        return numbers, last.carrier_id.orion_code or self._orion_suppliers_carrier(left)

    def _orion_suppliers_carrier(self, left):
        """Code of the carrier by whose number a supplier's parcel is known; empty where the order
        also has parcels of the own house, whose carrier it would become.

        :param left: deliveries that have left
        """
        leaving = self.sudo().picking_ids._orion_leaving()
        if leaving._orion_from_house():
            return ""
        found = self.env["delivery.carrier"]._orion_recognise(
            self.sudo().orion_channel_id.marketplace,
            self.sudo().company_id,
            number=left[-1:].carrier_tracking_ref or "",
        )
        return found.sudo().orion_code or ""

    # === BUSINESS: telling === #

    def _orion_tell_tracking_of_deliveries(self):
        """Tell the marketplaces the numbers of what has left, where their channels say so.

        Goods that leave are never stopped by it: what cannot be told is noted on the order, and
        told later.
        """
        telling = self.sudo().filtered(
            lambda order: (
                order.orion_decision == "accepted"
                and order.orion_channel_id.tell_tracking
                and order.orion_status in TRACKABLE
                and not order.orion_is_history
            )
        )
        wanted = {order.id: order._orion_left_tracking() for order in telling}
        telling = telling.filtered(lambda order: wanted[order.id][0])
        # who validates deliveries need not be allowed to do anything with marketplaces
        orders = telling.with_context(**{FROM_ORDER: True, OWN_DELIVERIES: ()})
        problems = orders._orion_tell_where_possible(wanted)
        for order in telling.browse(problems).filtered(lambda one: not one.orion_tracking_waits):
            order._orion_note(problems[order.id])
            order.orion_tracking_waits = True
        settled = self.sudo() - telling.browse(problems)
        settled.filtered("orion_tracking_waits").orion_tracking_waits = False

    def _orion_tell_where_possible(self, wanted):
        """:return: `{order id: the sentence that says why it cannot be told}`"""
        if not self:
            return {}
        # what is noted on one is for who looks after it
        trying = self._orion_for_reader() if len(self) == 1 else self
        _done, error = trying._orion_try(lambda orders: orders._orion_tell_trackings(wanted))
        if error is None:
            return {}
        if len(self) == 1:
            return {self.id: str(error)}
        problems = {}
        for order in self:
            problems.update(order._orion_tell_where_possible(wanted))
        return problems

    def _orion_note_shipment_cancelled(self, delivery, number):
        """Say what the marketplace still believes of a parcel that the carrier will not carry;
        nothing where it was not told."""
        self.ensure_one()
        last = self._orion_last_trackings().get(self.id)
        told = split_numbers(((last and last.payload) or {}).get("tracking_number") or "")
        if not set(split_numbers(number or "")) & set(told):
            return
        self._orion_note(
            self._orion_for_reader().env._(
                "The shipment of %(delivery)s was cancelled at the carrier. %(channel)s still has "
                "tracking number %(number)s, which cannot be taken back there: it is replaced as "
                "soon as the delivery has another one.",
                delivery=delivery.name,
                channel=self.orion_channel_id.name,
                number=number,
            )
        )

    def _orion_tell_trackings(self, wanted):
        self._orion_check_trackable()
        self._orion_lock()
        return self._orion_enqueue_trackings(wanted)

    @api.model
    def _orion_operations_done(self, operations):
        """A decision may be what the numbers of parcels waited for."""
        super()._orion_operations_done(operations)
        self.sudo().browse(set(operations.mapped("res_id"))).exists()._orion_tell_waiting()

    @api.model
    def _cron_tell_waiting(self):
        """Tell what waited for something that nobody was told of."""
        self.search([("orion_tracking_waits", "=", True)], limit=MOST_ORDERS)._orion_tell_waiting()

    def _orion_tell_waiting(self):
        """Of these orders, tell the numbers that could not be told, where they can be now."""
        waiting = self.filtered("orion_tracking_waits")
        undecided = waiting._orion_pieces_to_decide() if waiting else {}
        free = waiting.filtered(lambda order: order.id not in undecided)
        if free:
            free._orion_tell_tracking_of_deliveries()


def _numbers(deliveries):
    """The numbers of deliveries, each once, with commas."""
    return clean_number(",".join(deliveries.mapped("carrier_tracking_ref")))
