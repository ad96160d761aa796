from odoo import models


class StockPicking(models.Model):
    """Deliveries tell the status of their order; they are never stopped by it."""

    _inherit = "stock.picking"

    def _action_done(self):
        result = super()._action_done()
        self._orion_note_done()
        return result

    # === BUSINESS === #

    def _orion_leaving(self):
        """Of these transfers those that bring goods to customers: out of the own house, or
        straight from a supplier."""
        return self.filtered(
            lambda picking: picking.picking_type_code == "outgoing" or picking._orion_is_dropship()
        )

    def _orion_from_house(self):
        """Those of these that no supplier sends."""
        return self.filtered(lambda picking: not picking._orion_is_dropship())

    def _orion_is_dropship(self):
        """A supplier sends the goods to the customer, as `stock_dropshipping`, which need not be
        there, says it."""
        self.ensure_one()
        return _is_elsewhere(self.location_id, "supplier") and _is_elsewhere(
            self.location_dest_id, "customer"
        )

    def _orion_orders(self):
        """Orders with a status that these transfers belong to."""
        return self.sudo().sale_id.filtered("orion_status")

    def _orion_note_reserved(self):
        """Picking has started: goods are reserved for the delivery."""
        reserved = self.filtered(lambda picking: picking.state == "assigned")
        reserved._orion_orders()._orion_advance_status("processing")

    def _orion_note_packed(self):
        """Every piece of the delivery is in a package."""
        packed = self._orion_leaving().filtered(
            lambda picking: (
                picking.state == "assigned"
                and picking.move_line_ids
                and all(line.result_package_id for line in picking.move_line_ids)
            )
        )
        packed._orion_orders()._orion_reach_packed()

    def _orion_note_done(self):
        """Goods have left, or an earlier step of the way out is over."""
        done = self.filtered(lambda picking: picking.state == "done")
        for order in done._orion_orders():
            order._orion_note_transfers()


def _is_elsewhere(location, usage):
    """A place outside of the company: of that usage, or on the way between companies."""
    return location.usage == usage or (location.usage == "transit" and not location.company_id)
