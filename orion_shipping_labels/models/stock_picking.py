from odoo import api, fields, models


class StockPicking(models.Model):
    """Deliveries of link carriers, and how they belong to marketplace orders."""

    _inherit = "stock.picking"

    orion_is_marketplace = fields.Boolean(
        compute="_compute_orion_is_marketplace",
        compute_sudo=True,
        help="A delivery to the customer of a marketplace order, from the own house or straight "
        "from a supplier.",
    )

    @api.depends(
        "sale_id.orion_decision",
        "picking_type_code",
        "location_id.usage",
        "location_dest_id.usage",
    )
    def _compute_orion_is_marketplace(self):
        for picking in self:
            picking.orion_is_marketplace = bool(picking._orion_marketplace_orders())

    def send_to_shipper(self):
        """A link carrier buys nothing: no price is noted, and only the delivery itself gets the
        number it is tracked by, none of the steps before it."""
        if self.carrier_id.delivery_type != "orion_link":
            return super().send_to_shipper()
        self.ensure_one()
        [sent] = self.carrier_id.send_shipping(self)
        known = self.read(["carrier_tracking_ref"])[0]["carrier_tracking_ref"]
        if sent["tracking_number"] and not known:
            self.carrier_tracking_ref = sent["tracking_number"]
        return None

    # === BUSINESS === #

    def _orion_marketplace_orders(self):
        """Marketplace orders that these deliveries to customers belong to."""
        return self.sudo()._orion_leaving().sale_id.filtered("orion_decision")

    def _orion_goods_text(self):
        """Name of the delivery, and the goods that it is to bring, with their quantities; of what
        comes in several parcels the components in this one."""
        self.ensure_one()
        parts = self._orion_parts_texts()
        whole = [
            f"{quantity:g} × {_sold_name(line)}"
            for line, quantity in self._orion_line_quantities().items()
            if line not in parts
        ]
        pieces = [f"{text} ({_sold_name(line)})" for line, text in parts.items()]
        goods = f"{self.name}: {', '.join(whole + pieces)}"
        if not self.sudo()._orion_is_dropship():
            return goods
        return self.env._("%(goods)s – sent by the supplier", goods=goods)

    def _orion_held_quantities(self):
        """`{order line: quantity}` in the line's unit of what is in the parcel: what has left or is
        reserved, all that is wanted where nothing is. Of what is delivered in components: what is
        whole in it."""
        moves = self.move_ids.filtered(lambda move: move.sale_line_id and move.state != "cancel")
        is_packed = any(move.quantity for move in moves)
        held = {}
        for move in moves:
            line = move.sale_line_id
            if move.product_id != line.product_id:
                held[line] = line.product_uom_qty if self._orion_is_whole_kit(line) else 0.0
                continue
            quantity = move.product_uom._compute_quantity(
                move.quantity if is_packed else move.product_uom_qty, line.product_uom_id
            )
            held[line] = held.get(line, 0.0) + quantity
        return held

    def _orion_shipment_number_to_track(self):
        """The shipment number where the carrier tracks by it, for the delivery itself only."""
        self.ensure_one()
        order = self._orion_marketplace_orders()
        if not self.sudo().carrier_id.orion_uses_shipment_number:
            return False
        return order[:1].orion_shipment_number or False


def _sold_name(line):
    return line.orion_product_name or line.product_id.display_name
