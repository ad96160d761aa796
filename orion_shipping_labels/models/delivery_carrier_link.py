import json

from odoo import fields, models


class DeliveryCarrier(models.Model):
    """The kind of carrier that is only a link: nothing is bought, so nothing costs anything."""

    _inherit = "delivery.carrier"

    delivery_type = fields.Selection(
        selection_add=[("orion_link", "Link to a Label")],
        ondelete={"orion_link": lambda carriers: carriers.write({"delivery_type": "fixed"})},
    )

    # === ODOO'S HOOKS FOR PROVIDERS === #

    def orion_link_rate_shipment(self, order):
        """The marketplace has settled what delivery costs."""
        return {"success": True, "price": 0.0, "error_message": False, "warning_message": False}

    def orion_link_send_shipping(self, pickings):
        """No price, and no number of its own: at most the marketplace's shipment number."""
        return [
            {"exact_price": 0.0, "tracking_number": picking._orion_shipment_number_to_track()}
            for picking in pickings
        ]

    def orion_link_get_tracking_link(self, picking):
        """One address, or JSON of several, as Odoo's screens take it."""
        links = self._orion_tracking_urls(picking.carrier_tracking_ref)
        if len(links) > 1:
            return json.dumps(links)
        return links[0][1] if links else False

    def orion_link_cancel_shipment(self, pickings):
        """Nothing was bought: there is nothing to give back."""
        return True
