from odoo import models
from odoo.exceptions import UserError

from odoo.addons.orion_base.rpc import USER, check_caller
from odoo.addons.orion_orders.models.sale_order_ship import SHIPPABLE

from ..lib.parcel_number import clean_number

#: Set while an order writes on its deliveries: they have nothing to tell then.
FROM_ORDER = "orion_from_order"
#: Ids of deliveries that were tracked by themselves: no other one gets the number then.
OWN_DELIVERIES = "orion_own_deliveries"


class SaleOrder(models.Model):
    """Tracking numbers as people type and scan them."""

    _inherit = "sale.order"

    # === PUBLIC METHODS === #

    def orion_set_tracking(self, tracking_number=None, tracking_carrier=None):
        """See `orion_orders`. White space in the number is taken out; the carrier may also be
        named as people or the marketplace do, and is recognised by the number where neither
        names one.

        :raise UserError: also for a number in the carrier's place, and the other way round
        """
        check_caller(self, USER, "write")
        number, carrier = self._orion_read_tracking(tracking_number, tracking_carrier)
        return super().orion_set_tracking(tracking_number=number, tracking_carrier=carrier)

    def orion_mark_shipped(
        self,
        tracking_number=None,
        tracking_url=None,
        shipping_carrier=None,
        lines=None,
        validate_delivery=None,
    ):
        """See `orion_orders`; number and carrier are read as by `orion_set_tracking`."""
        check_caller(self, USER, "write")
        number, carrier = self._orion_read_tracking(tracking_number, shipping_carrier)
        orders = self.with_context(**{FROM_ORDER: True})
        return super(SaleOrder, orders).orion_mark_shipped(
            tracking_number=number,
            tracking_url=tracking_url,
            shipping_carrier=carrier,
            lines=lines,
            validate_delivery=validate_delivery,
        )

    # === BUSINESS === #

    def _orion_read_tracking(self, number, carrier):
        """Number and carrier code out of what was given.

        :raise UserError: when one of them is obviously something else
        """
        number, text = clean_number(str(number or "")), str(carrier or "").strip()
        self._orion_check_number(number, text)
        return number, self._orion_code_of(text)

    def _orion_code_of(self, text):
        """Our code of a carrier; a text that nobody knows stays as it is."""
        for order in self.sudo()[:1] if text else ():
            carrier = self.env["delivery.carrier"]._orion_recognise(
                order.orion_channel_id.marketplace, order.company_id, text
            )
            return carrier.sudo().orion_code or text
        return text

    def _orion_check_number(self, number, carrier):
        """:raise UserError: a link, a carrier or an order's number in the number's place"""
        if number.lower().startswith(("http:", "https:", "www.")):
            raise UserError(
                self.env._("“%(number)s” is a link. Give the tracking number alone.", number=number)
            )
        if number and not any(character.isalnum() for character in number):
            raise UserError(
                self.env._("“%(number)s” is no tracking number: it has no digits.", number=number)
            )
        if number and self._orion_is_carrier(number):
            raise UserError(
                self.env._(
                    "“%(number)s” is a carrier, not a tracking number. Are the two fields swapped?",
                    number=number,
                )
            )
        if carrier and not self._orion_is_carrier(carrier) and self._orion_is_number(carrier):
            raise UserError(
                self.env._(
                    "“%(carrier)s” is a tracking number, not a carrier. Are the two fields "
                    "swapped?",
                    carrier=carrier,
                )
            )
        own = {name.lower() for name in self.mapped("orion_order_number") if name}
        if number.lower() in own:
            raise UserError(
                self.env._(
                    "“%(number)s” is the number of the order. Give the number that the carrier "
                    "printed.",
                    number=number,
                )
            )

    def _orion_is_carrier(self, text):
        return any(
            self.env["delivery.carrier"]._orion_recognise(
                order.orion_channel_id.marketplace, order.company_id, text
            )
            for order in self.sudo()[:1]
        )

    def _orion_is_number(self, text):
        return any(
            self.env["delivery.carrier"]._orion_recognise(
                "", order.company_id, number=clean_number(text)
            )
            for order in self.sudo()[:1]
        )

    def _orion_enqueue_trackings(self, wanted):
        """Orders that name no carrier get the one that the number belongs to. Of deliveries that
        are tracked by themselves the marketplace is told the numbers of all parcels."""
        if self.env.context.get(OWN_DELIVERIES):
            numbers = self._orion_track_own_deliveries(wanted)
            orders = self.with_context(**{OWN_DELIVERIES: ()})
            return orders._orion_enqueue_trackings(numbers)
        carriers = self.env["delivery.carrier"]
        known = {}
        for order in self.sudo():
            number, carrier = wanted[order.id]
            if not carrier and not order.orion_shipping_carrier:
                found = order.carrier_id or carriers._orion_recognise(
                    order.orion_channel_id.marketplace, order.company_id, number=number
                )
                carrier = found.orion_code or ""
            known[order.id] = (number, carrier)
        operations = super()._orion_enqueue_trackings(known)
        # what was told before may be all that there is to tell of an order's last parcel
        to_ship = set(self.sudo().filtered(lambda order: order.orion_status in SHIPPABLE).ids)
        completed = operations.sudo().filtered(
            lambda operation: operation.status == "completed" and operation.res_id in to_ship
        )
        self.sudo()._orion_apply_tracking(completed)
        return operations

    def _orion_tracking_payload(self):
        """With what the marketplace calls the carrier, where that is known, and each parcel's
        number for itself; as many numbers as the marketplace takes."""
        payload = super()._orion_tracking_payload()
        order = self.sudo()
        told, _kept = order._orion_told_and_kept_numbers()
        payload |= {"tracking_number": ",".join(told), "tracking_numbers": list(told)}
        marketplace = order.orion_channel_id.marketplace
        carrier = self.env["delivery.carrier"]._orion_recognise(
            marketplace, order.company_id, order.orion_shipping_carrier
        )
        name = carrier._orion_name_on(marketplace) if carrier else ""
        return {**payload, "carrier_name": name} if name else payload
