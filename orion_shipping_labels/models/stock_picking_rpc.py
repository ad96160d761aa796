from odoo import models
from odoo.exceptions import UserError

from odoo.addons.orion_base.rpc import USER, check_caller

from .sale_order_track import OWN_DELIVERIES


class StockPicking(models.Model):
    """Public methods: what orders can, for single deliveries of them."""

    _inherit = "stock.picking"

    def orion_shipping_label(self):
        """As `sale.order.orion_shipping_label`, with the delivery's own tracking number.

        :return: list of dicts in order of the ids
        :raise UserError: for a delivery of no marketplace order
        """
        check_caller(self, USER, "read")
        self._orion_orders_or_refuse()
        return [picking._orion_label_values() for picking in self]

    def orion_set_tracking(self, tracking_number=None, tracking_carrier=None):
        """Keep the number on these deliveries, and tell their marketplaces.

        :return: as `sale.order.orion_set_tracking`
        :raise UserError: as there, and for a delivery of no marketplace order
        """
        check_caller(self, USER, "write")
        orders = self._orion_orders_or_refuse().with_context(**{OWN_DELIVERIES: self.ids})
        return orders.orion_set_tracking(
            tracking_number=tracking_number, tracking_carrier=tracking_carrier
        )

    def orion_mark_shipped(
        self, tracking_number=None, tracking_url=None, shipping_carrier=None, validate_delivery=None
    ):
        """Note that the goods of these deliveries have left. Local only.

        :return: as `sale.order.orion_mark_shipped`
        :raise UserError: as there, and for a delivery of no marketplace order
        """
        check_caller(self, USER, "write")
        orders = self._orion_orders_or_refuse().with_context(**{OWN_DELIVERIES: self.ids})
        held = self._orion_line_quantities(with_kits=not validate_delivery)
        lines = [{"line_id": line.id, "quantity": quantity} for line, quantity in held.items()]
        if not lines and not self._orion_kit_moves():
            raise UserError(
                self.env._("Nothing of these deliveries is left to ship. Read them again.")
            )
        return orders.orion_mark_shipped(
            tracking_number=tracking_number,
            tracking_url=tracking_url,
            shipping_carrier=shipping_carrier,
            lines=lines,
            validate_delivery=validate_delivery,
        )

    # === PRIVATE === #

    def _orion_label_values(self):
        """As of its order, but for the delivery's own number."""
        self.ensure_one()
        picking = self.sudo()
        values = picking._orion_marketplace_orders()[:1]._orion_label_values()
        if picking.carrier_tracking_ref:
            values["tracking_number"] = picking.carrier_tracking_ref
            links = picking.carrier_id._orion_tracking_urls(picking.carrier_tracking_ref)
            values["tracking_url"] = links[-1][1] if links else values["tracking_url"]
        return values

    def _orion_orders_or_refuse(self):
        for picking in self:
            if not picking._orion_marketplace_orders():
                raise UserError(
                    self.env._(
                        "%(delivery)s is no delivery of a marketplace order. Use Odoo's own "
                        "buttons for it.",
                        delivery=picking.name,
                    )
                )
        return self._orion_marketplace_orders().with_env(self.env)

    def _orion_line_quantities(self, reserved=False, with_kits=True):
        """`{order line: quantity}` in the line's unit of what these deliveries hold and is not
        noted as shipped yet. What is delivered in components is there once it is whole.

        :param reserved: only what is reserved for them
        :param with_kits: off, where the deliveries are validated now: Odoo then says itself how
            many of what is delivered in components are complete
        """
        components = self._orion_kit_moves()
        kits = self._orion_kits_complete(reserved) if with_kits else {}
        quantities = {line: count - line.orion_shipped_quantity for line, count in kits.items()}
        for move in self.sudo().move_ids.filtered(lambda move: move.state != "cancel"):
            line = move.sale_line_id
            if not line or line in components or _is_noted(move):
                continue
            left = line.product_uom_qty - line.orion_shipped_quantity
            held = move.quantity if reserved else move.quantity or move.product_uom_qty
            quantity = move.product_uom._compute_quantity(held, line.product_uom_id)
            quantities[line] = min(quantities.get(line, 0.0) + quantity, left)
        return {
            line: quantity
            for line, quantity in quantities.items()
            if line.product_uom_id.compare(quantity, 0) > 0
        }

    # === ACTIONS === #

    def action_orion_open_batch(self):
        """Ship the orders of these deliveries: labels, slips and tracking on one page."""
        orders = self._orion_orders_or_refuse()
        return self.env["orion.shipping.batch"]._open_for(orders, deliveries=self)

    def action_orion_label(self):
        """The label of the delivery's order: its file, or its page."""
        self.ensure_one()
        return self._orion_orders_or_refuse()[:1].action_orion_label()


def _is_noted(move):
    """Whether goods that have left are noted on the order: what is left of it is in others."""
    line = move.sale_line_id
    return move.state == "done" and (
        line.product_uom_id.compare(line.orion_shipped_quantity, line.qty_delivered) >= 0
    )
