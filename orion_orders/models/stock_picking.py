from odoo import models


class StockPicking(models.Model):
    """Deliveries tell the status of their order; they are never stopped by it."""

    _inherit = "stock.picking"

    def _action_done(self):
        result = super()._action_done()
        self._orion_note_done()
        return result

    # === BUSINESS === #

    def _orion_orders(self):
        """Orders with a status that these transfers belong to."""
        return self.sudo().sale_id.filtered("orion_status")

    def _orion_note_reserved(self):
        """Picking has started: goods are reserved for the delivery."""
        reserved = self.filtered(lambda picking: picking.state == "assigned")
        reserved._orion_orders()._orion_advance_status("processing")

    def _orion_note_packed(self):
        """Every piece of the delivery is in a package."""
        packed = self.filtered(
            lambda picking: (
                picking.picking_type_code == "outgoing"
                and picking.state == "assigned"
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
