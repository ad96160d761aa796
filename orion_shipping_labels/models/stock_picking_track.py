from odoo import models

from .sale_order_track import FROM_ORDER


class StockPicking(models.Model):
    """Deliveries that have left tell the marketplace their tracking number, once, and once more
    when it is corrected."""

    _inherit = "stock.picking"

    def _action_done(self):
        result = super()._action_done()
        self._orion_tell_tracking()
        self._orion_note_returned()
        return result

    def write(self, vals):
        before = {}
        if vals.get("carrier_tracking_ref"):
            before = {picking.id: picking.carrier_tracking_ref for picking in self}
        result = super().write(vals)
        corrected = self.filtered(
            lambda picking: (
                picking.id in before and picking.carrier_tracking_ref != before[picking.id]
            )
        )
        corrected._orion_tell_tracking()
        return result

    def cancel_shipment(self):
        told = {picking: picking.carrier_tracking_ref for picking in self}
        result = super().cancel_shipment()
        for picking, number in told.items():
            for order in picking._orion_marketplace_orders():
                order._orion_note_shipment_cancelled(picking, number)
        return result

    # === BUSINESS === #

    def _orion_tell_tracking(self):
        """Of these, the ones that leave and are done tell their orders' marketplaces."""
        if self.env.context.get(FROM_ORDER):
            return
        left = self.filtered(
            lambda picking: picking.state == "done" and picking.carrier_tracking_ref
        )
        if left:
            left._orion_marketplace_orders()._orion_tell_tracking_of_deliveries()

    def _orion_note_returned(self):
        """Goods came back: say what the marketplace still believes."""
        for picking in self.sudo():
            returned = picking.move_ids.origin_returned_move_id.picking_id
            for order in returned._orion_marketplace_orders():
                order._orion_note(
                    order._orion_for_reader().env._(
                        "%(delivery)s came back with %(return)s. %(channel)s still counts it as "
                        "shipped, and that cannot be taken back there: settle the return with the "
                        "marketplace.",
                        **{
                            "delivery": ", ".join(returned.mapped("name")),
                            "return": picking.name,
                            "channel": order.orion_channel_id.name,
                        },
                    )
                )
