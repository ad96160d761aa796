from odoo import models

from ..lib.import_result import ImportResult


class OrionOrderImporter(models.AbstractModel):
    """Newer data of orders that are known: what may still change."""

    _inherit = "orion.order.importer"

    def _import_newer(self, channel, known):
        """Take newer data over.

        :param known: `[(order id, OrderData)]`
        """
        return self._all_or_each(
            channel,
            known,
            lambda items: self._update_batch(channel, items),
            lambda count: ImportResult(updated=count),
            data_of=lambda item: item[1],
        )

    def _update_batch(self, channel, known):
        orders = self.env["sale.order"].browse([order_id for order_id, _data in known])
        pairs = [(order, data) for order, (_id, data) in zip(orders, known, strict=True)]
        for order, data in pairs:
            order.write(self._prepare_update_values(order, data))
        grown, batch = self._add_lines(channel, pairs)
        self._raise_sold_quantities(pairs)
        self._update_pieces(channel, pairs)
        orders._orion_take_over(pairs)
        self._settle_grown(batch, grown)
        self._keep_payloads(channel, pairs)
        self.env.flush_all()

    # === HOOKS === #

    def _prepare_update_values(self, order, data):
        """What the marketplace may still change. What was sold stays, and what is known here
        is not forgotten when the marketplace leaves it out."""
        known = {
            "orion_channel_order_url": data.url,
            "orion_shipment_number": data.shipment_number,
            "orion_shipping_carrier": data.shipping_carrier,
            "orion_customer_email": data.customer_email,
            "orion_customer_phone": self._customer_phone(data),
        }
        if not order.orion_tracking_number:
            known["orion_tracking_number"] = data.tracking_number
        values = {name: value for name, value in known.items() if value and order[name] != value}
        return values | {
            "orion_digest": data.digest,
            "orion_version": self._naive(data.version),
            "orion_last_synced_at": self._naive(data.version),
        }

    def _update_pieces(self, channel, pairs):
        """Newer data of known orders: update their pieces."""
