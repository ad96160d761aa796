from dataclasses import dataclass

from odoo import fields, models

from odoo.addons.orion_base.engine import apart

from ..label_pdf import UnreadableLabel, count_pages


@dataclass(frozen=True, slots=True)
class BoughtLabel:
    """What a carrier's API sold.

    :param tracking_number: several parcels' with commas
    :param content: the file, or empty
    :param kind: `pdf` or `zpl`
    :param price: in the carrier's currency
    """

    tracking_number: str
    content: bytes = b""
    kind: str = "pdf"
    price: float = 0.0


class DeliveryCarrier(models.Model):
    """The seam for carriers with an API: their `<type>_send_shipping` buys through this."""

    _inherit = "delivery.carrier"

    def _orion_buy_label(self, picking, buy):
        """The label of a delivery, bought once and kept also when the transaction fails.

        Asking again for the same delivery (because validating it failed behind the purchase)
        returns what was bought, without buying.

        :param picking: one delivery
        :param buy: function without arguments that calls the carrier and returns a `BoughtLabel`
        :return: a `BoughtLabel`; its content is empty where it was bought before: it is on the
            label then
        """
        self.ensure_one()
        key = f"{self.delivery_type}:{self.id}:{picking.id}:{picking.name}"
        facts = self._orion_purchase_facts(picking)
        with apart(self.env, key) as env:
            labels = env["orion.shipping.label"]
            known = labels.search([("purchase_key", "=", key)])
            if known:
                return BoughtLabel(known.tracking_number, b"", known.kind or "pdf", known.price)
            bought = buy()
            label = labels.create({**facts, "purchase_key": key})
            label._keep_purchase(bought)
        return bought

    def _orion_forget_purchase(self, picking):
        """The label of a delivery was given back to the carrier: the next one is bought anew."""
        self.ensure_one()
        key = f"{self.delivery_type}:{self.id}:{picking.id}:{picking.name}"
        with apart(self.env, key) as env:
            env["orion.shipping.label"].search([("purchase_key", "=", key)]).purchase_key = False

    def _orion_purchase_facts(self, picking):
        """Values of the label: what the caller has not committed cannot be pointed at."""
        order = picking._orion_marketplace_orders()[:1]
        with apart(self.env, f"facts:{picking.id}") as env:
            committed_picking = env["stock.picking"].browse(picking.id).exists().id
            committed_order = env["sale.order"].browse(order.id).exists().id
        return {
            "company_id": picking.company_id.id,
            "carrier_id": self.id,
            "picking_id": committed_picking,
            "order_id": committed_order,
            "shipment_number": order.orion_shipment_number or picking.name,
        }


class OrionShippingLabel(models.Model):
    _inherit = "orion.shipping.label"

    def _keep_purchase(self, bought):
        self.ensure_one()
        values = {
            "tracking_number": bought.tracking_number,
            "price": bought.price,
            "state": "fetched",
            "fetched_at": fields.Datetime.now(),
        }
        if bought.content:
            values |= {"kind": bought.kind, "can_merge": True}
            if bought.kind == "pdf":
                try:
                    values["page_count"] = count_pages(bought.content)
                except UnreadableLabel as error:
                    values |= {
                        "can_merge": False,
                        "error_message": error.message,
                        "error_sentence": error.sentence,
                    }
            values["attachment_id"] = self._keep_file(bought.content, bought.kind).id
        self.write(values)
