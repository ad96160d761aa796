from odoo import models


class SaleOrder(models.Model):
    """The carrier of an order: Odoo's own delivery method, found by what the order names."""

    _inherit = "sale.order"

    # === CRUD === #

    def write(self, vals):
        result = super().write(vals)
        news = {"orion_shipping_carrier", "orion_tracking_number"} & vals.keys()
        if news and "carrier_id" not in vals:
            self._orion_find_carriers(again="orion_shipping_carrier" in news)
        if vals.get("carrier_id"):
            self._orion_carry_carrier()
        return result

    # === BUSINESS === #

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
            self.sudo().browse(order_ids).carrier_id = carrier_id

    def _orion_carry_carrier(self):
        """Deliveries that have not left are carried by the order's carrier."""
        for carrier, orders in self.sudo().filtered("orion_decision").grouped("carrier_id").items():
            open_deliveries = orders._orion_open_deliveries()
            changing = open_deliveries.filtered(
                lambda picking, carrier=carrier: picking.carrier_id != carrier
            )
            if changing:
                changing.carrier_id = carrier
