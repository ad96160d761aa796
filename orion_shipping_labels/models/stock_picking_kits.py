import math
from collections import defaultdict

from odoo import models

#: Of a piece: what rounding may have taken from a component.
TOLERANCE = 1e-6


class StockPicking(models.Model):
    """Products that are delivered in components: one counts as shipped with the parcel that
    brings its last component."""

    _inherit = "stock.picking"

    # === BUSINESS === #

    def _orion_kit_moves(self):
        """Moves of components, by the order line they are of.

        :return: `{order line: moves}`
        """
        components = self.sudo().move_ids.filtered(
            lambda move: (
                move.state != "cancel"
                and move.sale_line_id
                and move.product_id != move.sale_line_id.product_id
            )
        )
        return components.grouped("sale_line_id")

    def _orion_kits_complete(self, reserved=False):
        """How many of what is delivered in components are at the customer once these deliveries
        are, with what has left before.

        An open delivery that has a tracking number counts as left. This asks the moves and no
        bill of materials, so a recipe that was changed since the sale changes nothing.

        :param reserved: of these deliveries only what is reserved for them
        :return: `{order line: quantity}` in the line's unit, whole ones
        """
        result = {}
        for line in self._orion_kit_moves():
            wanted, there = defaultdict(float), defaultdict(float)
            for move in line.move_ids:
                delivery = move.picking_id
                if move.state == "cancel" or not delivery._orion_leaving():
                    continue
                wanted[move.product_id] += move.product_qty
                if delivery in self:
                    there[move.product_id] += _in_parcel(move, reserved)
                elif move.state == "done" or delivery.carrier_tracking_ref:
                    there[move.product_id] += _in_parcel(move)
            shares = [there[product] / pieces for product, pieces in wanted.items() if pieces]
            kits = line.product_uom_qty * min(shares, default=0.0)
            result[line] = float(math.floor(kits + TOLERANCE))
        return result

    def _orion_parts_texts(self):
        """`{order line: text}` of the components in the parcel, of what is not whole in it."""
        self.ensure_one()
        return {
            line: ", ".join(
                f"{move.quantity or move.product_uom_qty:g} × {move.product_id.display_name}"
                for move in moves
            )
            for line, moves in self._orion_kit_moves().items()
            if not self._orion_is_whole_kit(line)
        }

    # === PRIVATE === #

    def _orion_is_whole_kit(self, line):
        """All components of the line are in this delivery."""
        moves = line.move_ids.filtered(lambda move: move.state != "cancel")
        return moves.picking_id._orion_leaving() == self


def _in_parcel(move, reserved=False):
    """Pieces of a component in its parcel, in the unit of its product."""
    if move.state == "done" or reserved:
        pieces = move.quantity
    else:
        pieces = move.quantity or move.product_uom_qty
    return move.product_uom._compute_quantity(pieces, move.product_id.uom_id, round=False)
