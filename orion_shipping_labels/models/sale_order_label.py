from odoo import models

from odoo.addons.orion_base.rpc import USER, check_caller


class SaleOrder(models.Model):
    """Where the label of an order is."""

    _inherit = "sale.order"

    # === PUBLIC METHODS === #

    def orion_shipping_label(self):
        """Addresses of labels and tracking pages. Nothing is fetched.

        :return: list of `{"shipment_number", "shipping_carrier", "label_url",
            "tracking_number", "tracking_url"}` in order of the ids; what is not known is False
        """
        check_caller(self, USER, "read")
        return [order._orion_label_values() for order in self]

    # === BUSINESS === #

    def _orion_label_values(self):
        self.ensure_one()
        return {
            "shipment_number": self.orion_shipment_number or False,
            "shipping_carrier": self.orion_shipping_carrier or self._orion_carrier_code() or False,
            "label_url": self._orion_label_url() or False,
            "tracking_number": self.orion_tracking_number or False,
            "tracking_url": self._orion_tracking_page() or False,
        }

    def _orion_carrier_code(self):
        return self.sudo().carrier_id.orion_code or ""

    def _orion_label_url(self):
        """Address of the label; empty without shipment number, carrier or prefix."""
        self.ensure_one()
        order = self.sudo()
        return order.carrier_id.with_company(order.company_id)._orion_label_url(
            order.orion_shipment_number
        )

    def _orion_tracking_page(self):
        """Address of the parcel's page: the one that was given, else the carrier's."""
        self.ensure_one()
        return self.orion_tracking_url or self._orion_carrier_link()

    def _orion_label_delivery(self):
        """The delivery that a label is kept on: the first that has not left, else the last."""
        self.ensure_one()
        transfers = self.sudo().picking_ids
        leaving = transfers._orion_leaving().filtered(lambda picking: picking.state != "cancel")
        delivery = self._orion_open_deliveries().sorted(_own_first)[:1] or leaving.sorted("id")[-1:]
        return delivery.with_prefetch(transfers._prefetch_ids)

    def _orion_picking_key(self):
        """Sorts orders as their goods are picked: by the shelf of the first goods."""
        self.ensure_one()
        delivery = self._orion_label_delivery()
        shelves = [
            (line.location_id.complete_name or "", line.product_id.id)
            for line in delivery.move_line_ids
        ]
        first = min(shelves) if shelves else ("\uffff", 0)
        return (*first, delivery.scheduled_date or self.date_order, self.id)


def _own_first(delivery):
    """Sorts what leaves the own house before what suppliers send."""
    return (delivery._orion_is_dropship(), delivery.id)
