from odoo import models

#: What the carrier of an order, and the link to its parcel, are made of.
TOLD = frozenset({"orion_shipping_carrier", "orion_tracking_number", "orion_shipment_number"})


class SaleOrder(models.Model):
    """The carrier of an order: Odoo's own delivery method, found by what the order names."""

    _inherit = "sale.order"

    # === CRUD === #

    def write(self, vals):
        """The carrier follows what the order names, and the link to the parcel follows both,
        unless a person has set another one."""
        news = TOLD & vals.keys()
        following = renamed = self.browse()
        if "orion_shipping_carrier" in news:
            name = vals["orion_shipping_carrier"] or False
            renamed = self.filtered(lambda order: order.orion_shipping_carrier != name)
        if news and "orion_tracking_url" not in vals:
            following = self._orion_following_link()
        result = super().write(vals)
        if news - {"orion_shipment_number"} and "carrier_id" not in vals:
            self._orion_find_carriers(again="orion_shipping_carrier" in news)
            renamed._orion_leave_unknown_carriers()
        if vals.get("carrier_id"):
            self._orion_carry_carrier()
        for order in following:
            link = order._orion_carrier_link()
            if link != (order.orion_tracking_url or ""):
                order.orion_tracking_url = link
        return result

    # === BUSINESS === #

    def _orion_following_link(self):
        """Marketplace orders whose link is the carrier's own, in sudo."""
        return self.sudo().filtered(
            lambda order: (
                order.orion_decision
                and (order.orion_tracking_url or "") == order._orion_carrier_link()
            )
        )

    def _orion_carrier_link(self):
        """Address of the newest parcel's page at the order's carrier; empty where it has none."""
        self.ensure_one()
        return self.sudo().carrier_id._orion_order_tracking_url(
            self.orion_tracking_number, self.orion_shipment_number
        )

    def _orion_find_carriers(self, again=False):
        """Give marketplace orders the carrier that they name, or whose number they have.

        :param again: also those that have one, because they name another now
        """
        carriers = self.env["delivery.carrier"]
        found = {}
        for order in self.sudo():
            if not order.orion_decision or (order.carrier_id and not again):
                continue
            carrier = carriers._orion_recognise(
                order.orion_channel_id.marketplace,
                order.company_id,
                order.orion_shipping_carrier,
                order.orion_tracking_number,
            )
            if carrier and carrier != order.carrier_id:
                found.setdefault(carrier.id, []).append(order.id)
        for carrier_id, order_ids in found.items():
            orders = self.sudo().browse(order_ids).with_prefetch(self._prefetch_ids)
            orders.carrier_id = carrier_id

    def _orion_leave_unknown_carriers(self):
        """Who is carried by somebody that nobody knows here is not carried by who was named
        before: the customer would be sent to the wrong page."""
        carriers = self.env["delivery.carrier"]
        leaving = self.sudo().filtered(
            lambda order: (
                order.orion_decision
                and order.carrier_id
                and order.orion_shipping_carrier
                and not carriers._orion_recognise(
                    order.orion_channel_id.marketplace,
                    order.company_id,
                    order.orion_shipping_carrier,
                )
            )
        )
        if leaving:
            leaving.carrier_id = False
            leaving._orion_carry_carrier()

    def _orion_carry_carrier(self):
        """Deliveries that have not left are carried by the order's carrier; how a supplier sends
        is the supplier's to say."""
        of_marketplaces = self.sudo().filtered("orion_decision").with_prefetch(self._prefetch_ids)
        for carrier, orders in of_marketplaces.grouped("carrier_id").items():
            open_deliveries = orders._orion_open_deliveries()._orion_from_house()
            changing = open_deliveries.filtered(
                lambda picking, carrier=carrier: picking.carrier_id != carrier
            )
            if changing:
                changing.carrier_id = carrier
