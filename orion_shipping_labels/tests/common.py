from decimal import Decimal
from unittest.mock import patch

from odoo.addons.orion_orders.tests.common import OrdersCase, line, order

SHIPMENT = "H74683403433"


class LabelsCase(OrdersCase):
    """A played marketplace whose orders name carriers, and goods in stock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = [("played", "Played"), ("storefront", "Own")]
        field = cls.env.registry["orion.carrier.code"]._fields["marketplace"]
        cls.startClassPatcher(patch.object(field, "selection", names))
        cls.greco = cls.env.ref("orion_shipping_labels.carrier_greco")
        cls.colissimo = cls.env.ref("orion_shipping_labels.carrier_colissimo")
        cls.ups = cls.env.ref("orion_shipping_labels.carrier_ups")
        cls.dhl = cls.env.ref("orion_shipping_labels.carrier_dhl")
        cls.stock = cls.env["stock.warehouse"].search([], limit=1).lot_stock_id
        cls.env["stock.quant"]._update_available_quantity(cls.pen, cls.stock, 1000)

    def order(self, external_id="S1", quantity=1, **values):
        values.setdefault("shipment_number", SHIPMENT)
        return order(external_id, lines=(line(quantity=Decimal(quantity)),), **values)

    def accepted(self, data):
        sale = self.imported(data)
        sale._orion_accepted()
        return sale.with_user(self.clerk)

    def delivery(self, sale):
        return sale.sudo().picking_ids.filtered(
            lambda picking: picking.picking_type_code == "outgoing" and picking.state != "done"
        )

    def batch_of(self, sales):
        """A packing table of orders, as the clerk opens it."""
        action = sales.with_user(self.clerk).action_orion_open_batch()
        return self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])

    def split(self, delivery, quantity):
        """A part of a delivery's goods in a second one, as from another warehouse."""
        delivery.do_unreserve()
        second = delivery.copy({"move_ids": [], "carrier_tracking_ref": False})
        rest = self.env["stock.move"].create(delivery.move_ids._split(quantity))
        rest.picking_id = second
        rest._action_confirm(merge=False)
        (delivery | second).action_assign()
        self.assertEqual((delivery | second).mapped("state"), ["assigned"] * 2)
        self.assertEqual(second.sale_id, delivery.sale_id)
        return second

    def leave(self, delivery, quantity=None, number=None):
        """Validate a delivery as a person does, wholly or a part."""
        if number:
            delivery.carrier_tracking_ref = number
        if quantity is not None:
            delivery.move_ids.quantity = quantity
            delivery.move_ids.picked = True
        delivery.with_context(skip_backorder=True).button_validate()
        self.assertEqual(delivery.state, "done")

    def told(self, sale=None):
        """(number, carrier name there) of what the marketplace was told, in order."""
        self.work()
        return [
            (payload["tracking_number"], payload.get("carrier_name") or payload["carrier"])
            for _method, verb, payloads in self.marketplace.calls
            for payload in payloads
            if verb == "set_tracking"
            and (sale is None or payload["order"] == sale.orion_external_id)
        ]
