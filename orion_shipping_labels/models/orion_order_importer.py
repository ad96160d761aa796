from odoo import models


class OrionOrderImporter(models.AbstractModel):
    _inherit = "orion.order.importer"

    def _prepare_order_values(self, batch, data):
        """New orders have their carrier, and the page on which the parcel is followed."""
        values = super()._prepare_order_values(batch, data)
        values["orion_is_gift"] = data.is_gift or bool(data.gift_message)
        values["orion_gift_message"] = data.gift_message or False
        carrier = self.env["delivery.carrier"]._orion_recognise(
            batch.channel.marketplace,
            batch.company,
            data.shipping_carrier or data.tracking_provider,
            data.tracking_number,
        )
        if carrier:
            values["carrier_id"] = carrier.id
            if not values.get("orion_tracking_url"):
                values["orion_tracking_url"] = carrier._orion_order_tracking_url(
                    data.tracking_number, data.shipment_number
                )
        return values
