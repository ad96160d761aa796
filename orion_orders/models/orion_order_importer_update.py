from odoo import api, models

from ..import_batch import ImportBatch
from ..lib.import_result import ImportResult
from .sale_order_received import ADDRESS_KEYS


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
        self._follow_addresses(channel, pairs)
        for order, data in pairs:
            order.write(self._prepare_update_values(order, data))
        owners = orders._orion_known_pieces()
        grown, batch = self._add_lines(channel, pairs, owners)
        self._raise_sold_quantities(pairs, owners)
        resized = self._follow_lines(channel, pairs)
        self._update_pieces(channel, pairs)
        orders._orion_take_over(pairs)
        self._settle_grown(batch, grown | resized)
        orders._orion_check_currency()
        self._keep_payloads(channel, pairs)
        self.env.flush_all()

    def _follow_addresses(self, channel, pairs):
        """An order that waits for its decision goes to the newest address; of a later change its
        people are told, because the parcel may be made up already."""
        moved = {order: changed for order, data in pairs if (changed := self._changed(order, data))}
        datas = {order: data for order, data in pairs if order in moved}
        open_orders = [order for order in moved if order.orion_decision == "undecided"]
        if open_orders:
            batch = ImportBatch(channel=channel, company=channel.company_id)
            keys = self._customer_keys([(order, datas[order]) for order in open_orders])
            self._find_partners(batch, [datas[order] for order in open_orders], keys)
            for order in open_orders:
                self._move(order, moved[order], batch.partners[datas[order].external_id])
        for order, changed in moved.items():
            if "partner_shipping_id" in changed:
                order._orion_note_moved(datas[order].ship_to.text)

    @api.model
    def _changed(self, order, data):
        """The contacts of an order for which the marketplace has another address than before."""
        if order.orion_is_history or order.orion_decision not in ("undecided", "accepted"):
            return []
        keys = self._address_keys(data)
        return [
            contact
            for contact, name in ADDRESS_KEYS.items()
            if order[name] and name in keys and keys[name] != order[name]
        ]

    @api.model
    def _customer_keys(self, pairs):
        """Known orders stay with their customers, whatever e-mail they have by now."""
        return {
            data.external_id: order.partner_id.orion_customer_key or self._customer_key(data)
            for order, data in pairs
        }

    @api.model
    def _move(self, order, contacts, partners):
        """Prices and taxes are those of the sale, so nothing is computed anew."""
        found = {"partner_shipping_id": partners.delivery, "partner_invoice_id": partners.invoice}
        fiscal_position = order._fields["fiscal_position_id"]
        with self.env.protecting([fiscal_position], order):
            order.write({contact: found[contact] for contact in contacts})

    # === HOOKS === #

    def _prepare_update_values(self, order, data):
        """What the marketplace may still change. What was sold stays, and what is known here
        is not forgotten when the marketplace leaves it out."""
        known = {
            "orion_channel_order_url": data.url,
            "orion_shipment_number": data.shipment_number,
            "orion_customer_email": data.customer_email,
            "orion_customer_phone": self._customer_phone(data),
            **self._address_keys(data),
        }
        if not order.orion_tracking_number:
            # once there is a number, here or there, the carrier is the one that goes with it
            known["orion_shipping_carrier"] = data.shipping_carrier
            known["orion_tracking_number"] = data.tracking_number
        values = {name: value for name, value in known.items() if value and order[name] != value}
        return values | {
            "orion_other_currency": self._other_currency(data, order.currency_id.name),
            "orion_digest": data.digest,
            "orion_version": self._naive(data.version),
            "orion_last_synced_at": self._naive(data.version),
        }

    def _update_pieces(self, channel, pairs):
        """Newer data of known orders: update their pieces."""
