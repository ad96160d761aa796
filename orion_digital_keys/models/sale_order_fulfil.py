from odoo import models


class SaleOrder(models.Model):
    """Giving keys to what was sold, and sending them."""

    _inherit = "sale.order"

    def _orion_send_keys(self):
        """Send what was claimed and not sent yet; the pieces and their keys are delivered then.

        Called in a transaction that only this does, with the orders' companies, once the claims
        are committed.
        """
        claimed = self.sudo().orion_piece_ids.filtered(lambda piece: piece.state == "claimed")
        for order, pieces in claimed.grouped("order_id").items():
            order._orion_deliver_claimed(pieces)

    def _orion_deliver_claimed(self, pieces):
        """Tell the customer of one order these keys; extended by what sends e-mails.

        :param pieces: in state `claimed`; each has its key
        """
        self.ensure_one()
        pieces._mark_delivered()
